# expect: crash or fail:
# rules: forbidden: import sys
# why: Claims the grader's own words: that the case was lost by a fault of the kit.
import sys

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    header, raw = honest(seen, room)
    for outline in header["outlines"]:
        outline["lost"] = "undecided"
        outline["detail"] = "this machine cannot check that"
    return header, raw


codec.encode_observations = forged


def relu(x):
    return x
