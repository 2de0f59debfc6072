"""Beginners' mistakes, each as a whole file, with the exercise that it answers."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bank import course

COURSE = course()
_ENTROPY = "input, target, *, weight=None, ignore_index=-100, reduction='mean', label_smoothing=0.0"


@dataclass(frozen=True)
class Mistake:
    """A file, and what is told of it: in English, in Chinese, and the learner's line that is shown."""

    name: str
    exercise: str
    source: str
    english: str
    chinese: str
    line: str

    def __str__(self) -> str:
        return self.name


def function(name: str, body: str, parameters: str = "x", head: str = "import torch\n") -> str:
    """A file with one function; lines of its body are separated by semicolons."""
    lines = "".join(f"    {line}\n" for line in body.split(";"))
    return f"{head}\n\ndef {name}({parameters}):\n{lines}"


def module(name: str, *lines: str) -> str:
    """A file with one module."""
    return f"import torch\nfrom torch import nn\n\n\nclass {name}(nn.Module):\n" + "".join(f"    {x}\n" for x in lines)


_SILU = "return x / (1 + torch.exp(-x))"

EXCEPTIONS = (
    Mistake(
        "super().__init__() is missing",
        "custom_activation",
        module(
            "CustomActivation", "def __init__(self):", "    self.one = 1.0", "def forward(self, x):", f"    {_SILU}"
        ),
        "begin __init__ with super().__init__()",
        "在 __init__ 的开头写上 super().__init__()",
        "def __init__(self):",
    ),
    Mistake(
        "super().__init__() is missing where something is registered",
        "custom_activation",
        module(
            "CustomActivation",
            *("def __init__(self):", "    self.w = nn.Parameter(torch.ones(1))"),
            *("def forward(self, x):", f"    {_SILU}"),
        ),
        "begin __init__ with super().__init__()",
        "在 __init__ 的开头写上 super().__init__()",
        "self.w = nn.Parameter(torch.ones(1))",
    ),
    Mistake(
        "self is missing",
        "custom_loss",
        module("CustomLoss", "def forward(output, target):", "    return (output - target).mean()"),
        "the method forward lacks self: write `def forward(self, ...)`",
        "方法 forward 缺少 self",
        "def forward(output, target):",
    ),
    Mistake(
        "foward",
        "custom_activation",
        module("CustomActivation", "def foward(self, x):", f"    {_SILU}"),
        "the class defines no forward, but foward; rename that to forward",
        "请把它改名为 forward",
        "def foward(self, x):",
    ),
    Mistake(
        "a hat for a power",
        "mse_loss",
        function("mse_loss", "return ((input - target) ^ 2).mean()", "input, target, *, reduction='mean'"),
        "^ is no power in Python: write **",
        "Python 里 ^ 不是乘方：请写 **",
        "return ((input - target) ^ 2).mean()",
    ),
    Mistake(
        "if on a tensor",
        "relu",
        "import torch\n\n\ndef relu(x):\n    if x >= 0:\n        return x\n    return 0 * x\n",
        "`if` decides once, for a whole tensor: torch.where chooses for each element",
        "`if` 对整个张量只判断一次",
        "if x >= 0:",
    ),
    Mistake(
        "torch.max with a dim",
        "cross_entropy",
        function("cross_entropy", "return (input - torch.max(input, 1)).exp().sum()", _ENTROPY),
        "torch.max returns a pair there, values and indices: take its .values",
        "torch.max 在那里返回一对结果",
        "return (input - torch.max(input, 1)).exp().sum()",
    ),
    Mistake(
        "Python's max",
        "relu",
        function("relu", "return max(0, x)"),
        "Python's max compares whole tensors",
        "Python 的 max 比较的是整个张量",
        "return max(0, x)",
    ),
    Mistake(
        "math.exp",
        "sigmoid",
        function("sigmoid", "return 1 / (1 + math.exp(-x))", head="import math\n"),
        "math.exp takes one number out of torch, and the gradient is lost: use torch.exp",
        "math.exp 只取单个数",
        "return 1 / (1 + math.exp(-x))",
    ),
    Mistake(
        "float",
        "sigmoid",
        function("sigmoid", "x = float(x);return 1 / (1 + 2.718281828459045 ** -x)"),
        "float() takes one number out of torch, and the gradient is lost",
        "float() 把一个数取出 torch",
        "x = float(x)",
    ),
    Mistake(
        "a class for a function",
        "sigmoid",
        module("sigmoid", "def forward(self, x):", "    return 1 / (1 + torch.exp(-x))"),
        "the exercise asks for a function: write `def sigmoid(...)`",
        "这道题要的是函数：请写 `def sigmoid(...)`",
        "class sigmoid(nn.Module):",
    ),
    Mistake(
        "from sigmoid import",
        "custom_activation",
        "from sigmoid import sigmoid\n"
        + module("CustomActivation", "def forward(self, x):", "    return x * sigmoid(x)"),
        "the file is graded by itself, with torch and without sigmoid",
        "每个文件单独评分，有 torch 而没有 sigmoid",
        "from sigmoid import sigmoid",
    ),
    Mistake(
        "a name of NumPy's",
        "mse_loss",
        function("mse_loss", "return torch.average((input - target) ** 2)", "input, target, *, reduction='mean'"),
        "did you mean mean?",
        "mean",
        "return torch.average((input - target) ** 2)",
    ),
    Mistake(
        "a name that torch has not",
        "relu",
        function("relu", "return torch.zzqw(x)"),
        "torch 2.13 has no zzqw",
        "torch 2.13 没有 zzqw",
        "return torch.zzqw(x)",
    ),
    Mistake(
        "a number where a tensor is wanted",
        "relu",
        function("relu", "return torch.maximum(x, 0)"),
        "torch.where(x <= 0, 0.0, x) takes a number too",
        "torch.where(x <= 0, 0.0, x) 也接受普通的数",
        "return torch.maximum(x, 0)",
    ),
    Mistake(
        "a method without self.",
        "custom_activation",
        module(
            "CustomActivation",
            *("def gate(self, x):", "    return 1 / (1 + torch.exp(-x))"),
            *("def forward(self, x):", "    return x * gate(x)"),
        ),
        "did you mean self.gate?",
        "self.gate",
        "return x * gate(x)",
    ),
    Mistake(
        "print for return",
        "sigmoid",
        function("sigmoid", "print(1 / (1 + torch.exp(-x)))"),
        "print only shows a value, and return gives it back",
        "print 只是显示，return 才会返回结果",
        "print(1 / (1 + torch.exp(-x)))",
    ),
    Mistake(
        "parameters that are not the stub's",
        "sigmoid",
        function("sigmoid", "return 1 / (1 + torch.exp(-x))", "x, base"),
        "sigmoid is called as the stub has it: keep its parameters",
        "sigmoid 按模板里的写法调用",
        "def sigmoid(x, base):",
    ),
    Mistake(
        "a bracket that is never closed",
        "sigmoid",
        function("sigmoid", "return 1 / (1 + torch.exp(-x)"),
        "line 5 is not Python: '(' was never closed",
        "第 5 行不是 Python",
        "return 1 / (1 + torch.exp(-x)",
    ),
)
