"""A training step of BERT4Rec in PyTorch: the network, sizes, dropout and optimizer of bert4rec.ts. Prints JSON.

python bert4rec-torch.py THREADS STEPS BATCH LENGTH WIDTH ITEMS TARGETS
"""

import json
import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

threads, steps, B, L, d, items, targets = map(int, sys.argv[1:])
torch.set_num_threads(threads)
torch.manual_seed(1)
heads, drop = 2, 0.1


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x, mask):
        b, l, _ = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(b, l, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
        weights = F.dropout(torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(d // heads) + mask, -1), drop, self.training)
        attended = (weights @ v).transpose(1, 2).reshape(b, l, d)
        x = x + F.dropout(self.out(attended), drop, self.training)
        return x + F.dropout(self.down(F.gelu(self.up(self.norm2(x)))), drop, self.training)


class Bert4Rec(nn.Module):
    def __init__(self):
        super().__init__()
        self.items = nn.Parameter(0.02 * torch.randn(items + 2, d))
        self.positions = nn.Parameter(0.02 * torch.randn(L, d))
        self.blocks = nn.ModuleList(Block() for _ in range(2))
        self.norm, self.head, self.head_norm = nn.LayerNorm(d), nn.Linear(d, d), nn.LayerNorm(d)
        self.bias = nn.Parameter(torch.zeros(items + 2))

    def forward(self, tokens, places):
        mask = (tokens == 0)[:, None, None, :] * -1e9
        x = F.dropout(F.embedding(tokens, self.items) + self.positions, drop, self.training)
        for block in self.blocks:
            x = block(x, mask)
        x = self.norm(x).reshape(-1, d)[places]
        return self.head_norm(F.gelu(self.head(x))) @ self.items.T + self.bias


model = Bert4Rec()
adam = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.98))
wall, cpu = [], []
for step in range(steps + 5):
    tokens = torch.randint(1, items + 1, (B, L))
    places = torch.randperm(B * L)[:targets].sort().values
    labels = torch.randint(1, items + 1, (targets,))
    t, c = time.perf_counter(), time.process_time()
    adam.zero_grad()
    loss = F.cross_entropy(model(tokens, places), labels)
    loss.backward()
    adam.step()
    loss.item()
    if step >= 5:
        wall.append(1000 * (time.perf_counter() - t))
        cpu.append(1000 * (time.process_time() - c))
print(json.dumps({"version": torch.__version__, "wall": sorted(wall)[steps // 2], "cpu": sorted(cpu)[steps // 2]}))
