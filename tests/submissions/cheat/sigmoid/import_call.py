# expect: forbidden ….sigmoid
# why: The import is a call with a string.
def sigmoid(x):
    return __import__("torch").sigmoid(x)
