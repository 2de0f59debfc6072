# expect: forbidden ….sigmoid
# why: A class of the file defines a sigmoid, so that any other might be its own; here it is a sum's.
class Helper:
    sigmoid: float = 0.0


def sigmoid(x):
    return (x + 0).sigmoid()
