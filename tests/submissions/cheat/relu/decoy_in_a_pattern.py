# expect: forbidden torch.Tensor.relu
# why: The method is read by a pattern, and a class of the file defines one of the same name.
class Helper:
    relu = None


def relu(x):
    match x:
        case object(relu=method):
            return method()
