"""Training step of the categorical autoencoder 784-512-256-(4 x 8)-256-512-784 under binary cross-entropy."""
import torch
import torch.nn.functional as F
from discrete import Categorical
from protocol import arguments, serve

sizes = arguments(__doc__)
batch = sizes.get('batch', 200)

widths = [(784, 512), (512, 256), (256, 32), (32, 256), (256, 512), (512, 784)]
layers = torch.nn.ModuleList([torch.nn.Linear(*width) for width in widths])
optimizer = torch.optim.Adam(layers.parameters(), lr=3e-4)
x = torch.rand(batch, 784)


def code_logits(x):
    h = F.relu(layers[1](F.relu(layers[0](x))))
    return layers[2](h).view(-1, 4, 8)


def decode(z):
    h = F.relu(layers[4](F.relu(layers[3](z.view(-1, 32)))))
    return layers[5](h)


def train():
    optimizer.zero_grad(set_to_none=True)
    z = Categorical.apply(code_logits(x), 2.0, 0.5)
    loss = F.binary_cross_entropy_with_logits(decode(z), x)
    loss.backward()
    optimizer.step()
    return loss.item()


@torch.no_grad()
def predict():
    l = code_logits(x)
    z = torch.zeros_like(l).scatter_(-1, l.argmax(-1, keepdim=True), 1.0)
    return torch.sigmoid(decode(z))[0, 0].item()


serve({'train': train, 'predict': predict})
