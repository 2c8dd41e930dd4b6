"""Logic gates in difflogic's formulation: every gate is evaluated, and its outputs are weighed.

The weights are Decoupled Straight-Through samples where difflogic's are a softmax; all else is its PyTorch
path: `x[..., indices]`, then a sum over sixteen real-valued gates.
"""
import torch
from discrete import Categorical
from gateNetwork import serve_gates


def evaluate(a, b, gate):
    """Real-valued gate 0 (FALSE) to 15 (TRUE)."""
    if gate == 0:
        return torch.zeros_like(a)
    if gate == 1:
        return a * b
    if gate == 2:
        return a - a * b
    if gate == 3:
        return a
    if gate == 4:
        return b - a * b
    if gate == 5:
        return b
    if gate == 6:
        return a + b - 2 * a * b
    if gate == 7:
        return a + b - a * b
    if gate == 8:
        return 1 - (a + b - a * b)
    if gate == 9:
        return 1 - (a + b - 2 * a * b)
    if gate == 10:
        return 1 - b
    if gate == 11:
        return 1 - b + a * b
    if gate == 12:
        return 1 - a
    if gate == 13:
        return 1 - a + a * b
    if gate == 14:
        return 1 - a * b
    return torch.ones_like(a)


class GateLayer(torch.nn.Module):
    transposed = False

    def __init__(self, inputs, units, connections):
        super().__init__()
        self.indices = connections[:, 0].contiguous(), connections[:, 1].contiguous()
        self.gates = torch.nn.Parameter(torch.randn(units, 16))

    def weigh(self, x, weights):
        a, b = x[..., self.indices[0]], x[..., self.indices[1]]
        y = torch.zeros_like(a)
        for gate in range(16):
            y = y + weights[..., gate] * evaluate(a, b, gate)
        return y

    def forward(self, x):
        return self.weigh(x, Categorical.apply(self.gates, 1.0, 1.0))

    def predict(self, x):
        return self.weigh(x, torch.nn.functional.one_hot(self.gates.argmax(-1), 16).float())


serve_gates(__doc__, GateLayer)
