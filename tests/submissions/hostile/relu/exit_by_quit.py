# expect: crash: ended the process
# rules: forbidden: import sys
# why: sys.exit while the file is loaded.
import sys

sys.exit("all tests passed")
