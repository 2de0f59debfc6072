# expect: crash: ended the process
# rules: same
# why: sys.exit while the file is loaded.
import sys

sys.exit("all tests passed")
