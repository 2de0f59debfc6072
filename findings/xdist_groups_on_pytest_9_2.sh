#!/usr/bin/env bash
# pytest-xdist 3.8.0 with pytest 9.2.0: `--dist loadgroup` no longer keeps a group in one process, and says nothing.
#
# xdist appends "@group" to the node ids of tests that are marked `xdist_group`, by setting `item._nodeid`; its scheduler
# groups by that suffix (pytest-xdist's documentation, "Running tests across multiple CPUs", loadgroup). pytest 9.2.0
# keeps a node's id in `_id`, so that the attribute that xdist sets is read by nobody: no test has the suffix, and a
# module's fixture that the group shared is set up in every process. With pytest 9.1.1 the suffix is there. Seen here on
# CPython 3.11: "pytest 9.1.1: processes=1", "pytest 9.2.0: processes=2".
#
# Fails where that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
cat > "$folder/test_group.py" <<'PYTHON'
import os
import time
from pathlib import Path

import pytest


@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(8))
def test_one_of_a_group(number: int) -> None:
    time.sleep(0.2)
    Path(os.environ["SEEN"], str(os.getpid())).touch()
PYTHON

processes() {
    "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0
    export SEEN="$folder/$1"
    mkdir "$SEEN"
    "$folder/venv/bin/python" -m pytest -q -p no:cacheprovider -n 2 --dist loadgroup "$folder/test_group.py" > "$folder/log"
    echo "pytest $1: processes=$(find "$SEEN" -type f | wc -l)"
}

old=$(processes 9.1.1)
new=$(processes 9.2.0)
printf '%s\n%s\n' "$old" "$new"
test "$old" = "pytest 9.1.1: processes=1"
test "$new" = "pytest 9.2.0: processes=2"
