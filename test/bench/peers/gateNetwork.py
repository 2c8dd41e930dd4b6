"""One gate layer forward and backward, or, with several layers, the training step of a whole gate network."""
import torch
import torch.nn.functional as F
from protocol import arguments, serve


def serve_gates(description, make):
    """`make(inputs, units, connections)` gives a layer; a transposed one works on [features, batch]."""
    sizes = arguments(description)
    inputs, units, batch = sizes['inputs'], sizes['units'], sizes['batch']
    depth = sizes.get('layers', 1)
    layers = torch.nn.ModuleList([layer_of(make, inputs if i == 0 else units, units) for i in range(depth)])
    x = (torch.rand(inputs, batch) if make.transposed else torch.rand(batch, inputs)).round()
    if depth == 1:
        serve({'train': one_layer(layers[0], x, units, batch)})
    else:
        serve(network(layers, x, sizes['groups'], batch, make.transposed))


def layer_of(make, inputs, units):
    """Every input is read about equally often, and nothing reads one input twice."""
    indices = torch.cat([torch.randperm(inputs) for _ in range(-(-2 * units // inputs))])[:2 * units]
    connections = indices.view(2, units).t().contiguous()
    same = connections[:, 0] == connections[:, 1]
    connections[same, 1] = (connections[same, 0] + 1) % inputs
    return make(inputs, units, connections)


def one_layer(layer, x, units, batch):
    x.requires_grad_()
    dy = torch.randn(units, batch) if layer.transposed else torch.randn(batch, units)

    def train():
        x.grad = layer.gates.grad = None
        layer(x).backward(dy)
        return x.grad[0, 0].item()

    return train


def network(layers, x, groups, batch, transposed):
    labels = torch.randint(0, groups, (batch,))
    optimizer = torch.optim.Adam(layers.parameters(), lr=0.01)
    temperature = 100.0

    def scores(y):
        if transposed:
            return y.view(groups, -1, batch).sum(1).t() / temperature
        return y.view(batch, groups, -1).sum(-1) / temperature

    def train():
        optimizer.zero_grad(set_to_none=True)
        y = x
        for layer in layers:
            y = layer(y)
        loss = F.cross_entropy(scores(y), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    @torch.no_grad()
    def predict():
        y = x
        for layer in layers:
            y = layer.predict(y)
        return torch.softmax(scores(y), -1)[0, 0].item()

    return {'train': train, 'predict': predict}
