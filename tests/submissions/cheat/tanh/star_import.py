# expect: forbidden torch.tanh
# why: The ready-made tanh comes in without being written out.
from torch import *  # brings in tanh
