# expect: forbidden ….positive_part
# why: The class of the input gets a method, for everybody.
def relu(x):
    type(x).positive_part = lambda self: self.clamp(min=0)
    return x.positive_part()
