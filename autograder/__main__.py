"""`python -m autograder`: the same as the `autograder` command."""

from autograder.cli import console_script

if __name__ == "__main__":
    console_script()
