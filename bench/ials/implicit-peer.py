"""The peer of bench/ials.ts: implicit's ALS on the same fold. Prints one JSON line."""
import json
import sys
from pathlib import Path

import implicit
import numpy as np
import scipy.sparse as sparse
from implicit.cpu.als import AlternatingLeastSquares

folder, factors, iterations, threads, confidence, regularization = sys.argv[1:]
folder = Path(folder)
shape = json.loads((folder / "shape.json").read_text())
train = np.fromfile(folder / "train.bin", dtype=np.int32).reshape(-1, 2)
targets = np.fromfile(folder / "targets.bin", dtype=np.int32).reshape(-1, 2)
matrix = sparse.csr_matrix((np.ones(len(train), np.float32), (train[:, 0], train[:, 1])), shape=shape)

seconds = []
model = AlternatingLeastSquares(
    factors=int(factors),
    iterations=int(iterations),
    num_threads=int(threads),
    alpha=float(confidence),
    regularization=float(regularization),
    random_state=42,
)
model.fit(matrix, show_progress=False, callback=lambda iteration, elapsed, *rest: seconds.append(elapsed))

hits = ndcg = 0.0
for from_ in range(0, len(targets), 1024):
    users, items = targets[from_ : from_ + 1024].T
    scores = model.user_factors[users] @ model.item_factors.T
    wanted = scores[np.arange(len(users)), items]
    scores[matrix[users].nonzero()] = -np.inf
    scores[np.arange(len(users)), items] = -np.inf
    ranks = (scores > wanted[:, None]).sum(1) + 0.5 * (scores == wanted[:, None]).sum(1)
    hit = ranks < 10
    hits += hit.sum()
    ndcg += (1 / np.log2(ranks[hit] + 2)).sum()

print(
    json.dumps(
        {
            "version": implicit.__version__,
            "seconds": seconds,
            "hit_rate": hits / len(targets),
            "ndcg": ndcg / len(targets),
        }
    )
)
