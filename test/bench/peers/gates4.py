"""Logic gates in the four-coefficient formulation, written for speed.

Every gate is c0 + c1 a + c2 b + c3 ab. Activations lie transposed, [units, batch], so that an operand is a
row to copy; the input gradient is a sum of rows through an inverse index (`embedding_bag`) and scatters
nothing; the gate gradient is four sums. One autograd node per layer, multiplications in position.
"""
import torch
import torch.nn.functional as F
from discrete import sample, jacobian_product
from gateNetwork import serve_gates

# c0 to c3 of the sixteen gates, from their outputs at 00, 01, 10, 11: the bits of the gate's number.
bits = torch.tensor([[(gate >> (3 - row)) & 1 for row in range(4)] for gate in range(16)])
at00, at01, at10, at11 = bits.unbind(1)
COEFFICIENTS = torch.stack([at00, at10 - at00, at01 - at00, at11 - at10 - at01 + at00], 1).float()


class Gates(torch.autograd.Function):
    @staticmethod
    def forward(context, x, gates, layer):
        coefficients = COEFFICIENTS[sample(torch.softmax(gates, -1))]
        context.layer = layer
        context.save_for_backward(x, gates, coefficients)
        return combine(x, coefficients, layer)

    @staticmethod
    def backward(context, dy):
        layer = context.layer
        x, gates, coefficients = context.saved_tensors
        _, c1, c2, c3 = coefficients.t().unsqueeze(-1).contiguous()
        a, b = x.index_select(0, layer.a), x.index_select(0, layer.b)
        dy_a, dy_b = dy * a, dy * b
        sums = torch.stack([dy.sum(1), dy_a.sum(1), dy_b.sum(1), (dy_a * b).sum(1)], 1)
        dgates = jacobian_product(sums @ COEFFICIENTS.t(), gates, 1.0)
        dx = None
        if context.needs_input_grad[0]:
            operands = torch.empty(2 * dy.shape[0], dy.shape[1])
            torch.addcmul(dy * c1, dy_b, c3, out=operands[:dy.shape[0]])
            torch.addcmul(dy * c2, dy_a, c3, out=operands[dy.shape[0]:])
            dx = F.embedding_bag(layer.readers, operands, layer.offsets, mode='sum')
        return dx, dgates, None


def combine(x, coefficients, layer):
    c0, c1, c2, c3 = coefficients.t().unsqueeze(-1).contiguous()
    a, b = x.index_select(0, layer.a), x.index_select(0, layer.b)
    slope = torch.addcmul(c1, c3, b)
    return torch.addcmul(c0, c2, b).addcmul_(slope, a)


class GateLayer(torch.nn.Module):
    transposed = True

    def __init__(self, inputs, units, connections):
        super().__init__()
        self.a, self.b = connections.int().t().contiguous()
        indices = connections.t().reshape(-1)
        counts = torch.bincount(indices, minlength=inputs)
        self.readers = torch.argsort(indices).int()
        self.offsets = (counts.cumsum(0) - counts).int()
        self.gates = torch.nn.Parameter(torch.randn(units, 16))

    def forward(self, x):
        return Gates.apply(x, self.gates, self)

    def predict(self, x):
        return combine(x, COEFFICIENTS[self.gates.argmax(-1)], self)


serve_gates(__doc__, GateLayer)
