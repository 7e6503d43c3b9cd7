"""Writes golden.json: the loss and gradients of a tiny BERT4Rec by PyTorch's autograd.

python golden.py   (PyTorch 1.13.1)
"""

import json
import math
import os

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
SIZES = {"items": 7, "width": 4, "blocks": 2, "heads": 2, "maxLength": 6}
SHARD = {
    "batch": 3,
    "length": 5,
    "tokens": [0, 3, 8, 5, 8, 1, 2, 3, 8, 7, 0, 0, 0, 6, 8],
    "positions": [2, 4, 8, 14],
    "labels": [4, 6, 4, 1],
    "weight": 0.25,
}
d, heads = SIZES["width"], SIZES["heads"]


def shapes():
    yield "items", (SIZES["items"] + 2, d)
    yield "positions", (SIZES["maxLength"], d)
    for block in range(SIZES["blocks"]):
        for part, linears in {
            "attention": {"in": (d, 3 * d), "out": (d, d)},
            "forward": {"in": (d, 4 * d), "out": (4 * d, d)},
        }.items():
            yield f"block{block}.{part}.norm.gain", (d,)
            yield f"block{block}.{part}.norm.bias", (d,)
            for name, shape in linears.items():
                yield f"block{block}.{part}.{name}.weight", shape
                yield f"block{block}.{part}.{name}.bias", (shape[1],)
    yield "norm.gain", (d,)
    yield "norm.bias", (d,)
    yield "head.weight", (d, d)
    yield "head.bias", (d,)
    yield "head.norm.gain", (d,)
    yield "head.norm.bias", (d,)
    yield "bias", (SIZES["items"] + 2,)


p, start = {}, 0
for name, shape in shapes():
    size = math.prod(shape)
    values = [math.sin(12.9898 * (start + at)) for at in range(size)]
    p[name] = torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_()
    start += size


def norm(name, x):
    return F.layer_norm(x, (d,), p[f"{name}.gain"], p[f"{name}.bias"], 1e-5)


def linear(name, x):
    return x @ p[f"{name}.weight"] + p[f"{name}.bias"]


tokens = torch.tensor(SHARD["tokens"]).reshape(SHARD["batch"], SHARD["length"])
x = p["items"][tokens] + p["positions"][-SHARD["length"] :]
hidden = (tokens == 0)[:, None, None, :] * -1e9
for block in range(SIZES["blocks"]):
    projected = linear(f"block{block}.attention.in", norm(f"block{block}.attention.norm", x))
    split = projected.reshape(*tokens.shape, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
    q, k, v = split
    weights = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(d // heads) + hidden, -1)
    attended = (weights @ v).transpose(1, 2).reshape(*tokens.shape, d)
    x = x + linear(f"block{block}.attention.out", attended)
    inner = F.gelu(linear(f"block{block}.forward.in", norm(f"block{block}.forward.norm", x)))
    x = x + linear(f"block{block}.forward.out", inner)
x = norm("norm", x).reshape(-1, d)[SHARD["positions"]]
x = norm("head.norm", F.gelu(linear("head", x)))
logits = x @ p["items"].T + p["bias"]
loss = SHARD["weight"] * F.cross_entropy(logits, torch.tensor(SHARD["labels"]), reduction="sum")
loss.backward()

gradients = {name: [round(g, 7) for g in value.grad.flatten().tolist()] for name, value in p.items()}
with open(os.path.join(HERE, "golden.json"), "w") as file:
    golden = {"sizes": SIZES, "shard": SHARD, "loss": loss.item(), "gradients": gradients}
    file.write(json.dumps(golden).replace('], "', '],\n"') + "\n")
