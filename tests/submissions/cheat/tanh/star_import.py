# expect: forbidden from torch import *
# why: The ready-made tanh comes in without being written out.
from torch import *  # brings in tanh
