#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: a Python of its own with the kit and all it needs.
set -euo pipefail

root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"
venv="$root/venv"
index=()

find_python() {
    local name
    for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

if [ ! -x "$venv/bin/python" ]; then
    if ! python="$(find_python)"; then
        apt-get update
        apt-get install --yes python3.12-venv || apt-get install --yes python3.11-venv
        python="$(find_python)"
    fi
    "$python" -m venv "$venv"
fi

"$venv/bin/python" -m pip install --quiet ${index[@]+"${index[@]}"} --requirement "$source/requirements.txt"

# Copied rather than installed: nothing has to be built, and no index is asked for it.
site="$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
rm -rf "$site/autograder"
cp -R "$source/kit/autograder" "$site/autograder"
"$venv/bin/python" -m compileall -q "$site/autograder"

# Here a mistake ends the build, where the instructor sees it, and not the first learner's run.
cd "$source"
"$venv/bin/python" -P -c 'import torch, hypothesis, nbformat'
"$venv/bin/python" -P -m autograder ci gradescope --root "$root" --dry-run
