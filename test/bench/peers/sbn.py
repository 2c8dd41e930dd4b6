"""Training step of the stochastic binary network: dense 784-200-200-10 with two layers of bits."""
import torch
import torch.nn.functional as F
from discrete import Binary
from protocol import arguments, serve

sizes = arguments(__doc__)
batch, steps = sizes.get('batch', 128), sizes.get('steps', 20)

layers = torch.nn.ModuleList([torch.nn.Linear(784, 200), torch.nn.Linear(200, 200), torch.nn.Linear(200, 10)])
optimizer = torch.optim.Adam(layers.parameters(), lr=1e-3)
images = torch.rand(steps * batch, 784)
labels = torch.randint(0, 10, (steps * batch,))
x, y = images[:batch], labels[:batch]


def logits(x):
    h = Binary.apply(layers[0](x), 0.1, 0.7)
    h = Binary.apply(layers[1](h), 0.1, 0.7)
    return layers[2](h)


def train(x=x, y=y):
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(logits(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


position = 0
order = torch.randperm(steps * batch)


def fit():
    """A step of an epoch: the next batch of shuffled rows, then `train`."""
    global position, order
    if position == steps:
        position, order = 0, torch.randperm(steps * batch)
    rows = order[position * batch:(position + 1) * batch]
    position += 1
    train(images[rows], labels[rows])


@torch.no_grad()
def probabilities(x):
    h = (layers[0](x) > 0).float()
    h = (layers[1](h) > 0).float()
    return torch.softmax(layers[2](h), -1)


def predict():
    return probabilities(x)[0, 0].item()


def predict_all():
    """In batches of 32, as `model.predict` makes them."""
    return torch.cat([probabilities(rows) for rows in images.split(32)])[0, 0].item()


serve({'train': train, 'fit': fit, 'predict': predict, 'predictAll': predict_all})
