# expect: fails kink-as-torch
# diagnosis: slope-one-at-zero
# why: The class of the input gets a method, for everybody; clamp's gradient at 0 is 1.
def relu(x):
    type(x).positive_part = lambda self: self.clamp(min=0)
    return x.positive_part()
