# expect: crash: while the file is loaded, the code ended the process with status 0
# rules: same
# why: The same before there is a function.
import os

os._exit(0)
