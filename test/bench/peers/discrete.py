"""Decoupled Straight-Through in PyTorch, as its authors' users would write it."""
import torch


class Binary(torch.autograd.Function):
    """Bernoulli(sigmoid(l / forward)); backward sigmoid'(l / backward) / backward."""

    @staticmethod
    def forward(context, logits, forward, backward):
        context.save_for_backward(logits)
        context.temperature = backward
        return torch.bernoulli(torch.sigmoid(logits / forward))

    @staticmethod
    def backward(context, dz):
        logits, = context.saved_tensors
        p = torch.sigmoid(logits / context.temperature)
        return dz * (p * (1 - p)) / context.temperature, None, None


def sample(probabilities):
    """One category per row, by inverting the cumulative distribution: one random number per row."""
    sums = probabilities.cumsum(-1)
    u = torch.rand(*probabilities.shape[:-1], 1) * sums[..., -1:]
    return (sums <= u).sum(-1).clamp_(max=probabilities.shape[-1] - 1)


def jacobian_product(dz, logits, temperature):
    p = torch.softmax(logits / temperature, -1)
    return p * (dz - (p * dz).sum(-1, keepdim=True)) / temperature


class Categorical(torch.autograd.Function):
    """One-hot of Categorical(softmax(l / forward)); backward the Jacobian of softmax(l / backward)."""

    @staticmethod
    def forward(context, logits, forward, backward):
        context.save_for_backward(logits)
        context.temperature = backward
        category = sample(torch.softmax(logits / forward, -1))
        return torch.zeros_like(logits).scatter_(-1, category.unsqueeze(-1), 1.0)

    @staticmethod
    def backward(context, dz):
        logits, = context.saved_tensors
        return jacobian_product(dz, logits, context.temperature), None, None
