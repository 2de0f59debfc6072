# expect: crash: status 0
# rules: same
# why: SystemExit is no Exception, so that much code lets it through.
import torch


def relu(x):
    raise SystemExit(0)
