# expect: forbidden torch.sigmoid
# why: What stands below the else of the main block runs when the file is imported.
import torch

if __name__ == "__main__":
    print("a demo")
else:

    def sigmoid(x):
        return torch.sigmoid(x)
