"""Soft training of CIFAR-10's logic gate network in PyTorch: an independent check of `dln.ts`, `soft (1)`.

Thresholds, order of inputs, connections and hyperparameters follow difflogic (arXiv:2210.08277 and its program); no line
is shared with the package. Reads the images that `dln.ts` has cached. Prints, every 500 iterations, the accuracy of the
discrete network.

    python3 examples/papers/reference/softGates.py --iterations 2500     # needs numpy and torch
"""
import argparse
import os
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

COUNTS = {'train': 50_000, 'test': 10_000}
UNITS, LAYERS, BATCH, TEMPERATURE, CLASSES = 12_000, 4, 100, 100, 10

# c0 to c3 of c0 + c1 a + c2 b + c3 ab, from a gate's outputs at 00, 01, 10 and 11: the bits of its number.
outputs = torch.tensor([[(gate >> (3 - row)) & 1 for row in range(4)] for gate in range(16)])
at00, at01, at10, at11 = outputs.unbind(1)
COEFFICIENTS = torch.stack([at00, at10 - at00, at01 - at00, at11 - at10 - at01 + at00], 1).float()


def load(part):
    """Labels `[n]` and images `[n, channels, height, width]`, 0 to 255."""
    folder = pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache')
    values = np.fromfile(folder / 'tfjs-discrete' / 'cifar-10' / f'{part}.bin', np.uint8)
    labels, pixels = np.split(values, [COUNTS[part]])
    return torch.from_numpy(labels.astype(np.int64)), pixels.reshape(-1, 32, 32, 3).transpose(0, 3, 1, 2)


def bits(pixels):
    """`[thresholds * channels * height * width, n]`"""
    x = torch.from_numpy(pixels / np.float32(255))
    return torch.cat([x > i / 4 for i in (1, 2, 3)], 1).float().flatten(1).t().contiguous()


def connections(inputs):
    pairs = [(i, i + 1) for start in (0, 1) for i in range(start, inputs - 1, 2)]
    distance = 2
    while len(pairs) < UNITS:
        pairs += [(i, i + distance) for i in range(inputs - distance)]
        distance += 1
    return torch.tensor(pairs[:UNITS])[torch.randperm(UNITS)].t().contiguous()


class Gates(torch.nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.logits = torch.nn.Parameter(torch.randn(UNITS, 16))
        self.a, self.b = connections(inputs)

    def forward(self, x):
        shares = torch.softmax(self.logits, 1) if self.training else F.one_hot(self.logits.argmax(1), 16).float()
        c0, c1, c2, c3 = (shares @ COEFFICIENTS).t().unsqueeze(-1)
        a, b = x[self.a], x[self.b]
        return c0 + c1 * a + c2 * b + c3 * (a * b)


class GroupSum(torch.nn.Module):
    def forward(self, x):
        return x.view(CLASSES, -1, x.shape[1]).sum(1).t() / TEMPERATURE


@torch.no_grad()
def accuracy(network, labels, pixels):
    network.eval()
    found = torch.cat([network(bits(part)).argmax(1) for part in np.array_split(pixels, 10)])
    network.train()
    return (found == labels).float().mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--iterations', type=int, default=20_000)
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    labels, pixels = load('train')
    test = load('test')
    inputs = bits(pixels[:1]).shape[0]
    network = torch.nn.Sequential(*(Gates(inputs if i == 0 else UNITS) for i in range(LAYERS)), GroupSum())
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    iteration = 0
    while iteration < options.iterations:
        for rows in torch.randperm(len(labels)).split(BATCH):
            loss = F.cross_entropy(network(bits(pixels[rows])), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            iteration += 1
        print(f'{iteration} iterations: {100 * accuracy(network, *test):.2f} %', flush=True)


main()
