"""What every test finds: the kit speaks English, whatever language the developer's system speaks."""

import os

os.environ["AUTOGRADER_LANG"] = "en"
