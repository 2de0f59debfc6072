# expect: full marks
# why: A main function and a test of its own compare with torch.sigmoid; the graded call runs neither.
import torch


def sigmoid(x):
    """The sigmoid; torch.sigmoid(x) and F.sigmoid are not allowed here."""
    negative = x < 0
    decay = torch.exp(torch.where(negative, x, -x))
    return torch.where(negative, decay, 1.0) / (1.0 + decay)


def test_sigmoid():
    x = torch.linspace(-5, 5, 11)
    assert torch.allclose(sigmoid(x), torch.sigmoid(x))


def main():
    test_sigmoid()
    print(sigmoid(torch.tensor(0.0)).item(), torch.nn.Sigmoid()(torch.tensor(0.0)).numpy())


if __name__ == "__main__":
    main()
