"""The peer of bench/ease.ts: EASE as its author's notebook writes it, on the same fold. Prints one JSON line."""
import json
import sys
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

folder, regularization, dtype = Path(sys.argv[1]), float(sys.argv[2]), np.dtype(sys.argv[3])
shape = json.loads((folder / "shape.json").read_text())
pairs = np.unique(np.fromfile(folder / "train.bin", dtype=np.int32).reshape(-1, 2), axis=0)
targets = np.fromfile(folder / "targets.bin", dtype=np.int32).reshape(-1, 2)
matrix = sparse.csr_matrix((np.ones(len(pairs), dtype), (pairs[:, 0], pairs[:, 1])), shape=shape)

started, busy = time.perf_counter(), time.process_time()
gram = (matrix.T @ matrix).toarray()
gram[np.diag_indices(shape[1])] += regularization
counted = time.perf_counter()
inverse = np.linalg.inv(gram)
weights = inverse / -np.diag(inverse)
weights[np.diag_indices(shape[1])] = 0
seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - busy

hits = ndcg = 0.0
for from_ in range(0, len(targets), 1024):
    users, items = targets[from_ : from_ + 1024].T
    scores = matrix[users] @ weights
    wanted = scores[np.arange(len(users)), items]
    scores[matrix[users].nonzero()] = -np.inf
    scores[np.arange(len(users)), items] = -np.inf
    ranks = (scores > wanted[:, None]).sum(1) + 0.5 * (scores == wanted[:, None]).sum(1)
    hit = ranks < 10
    hits += hit.sum()
    ndcg += (1 / np.log2(ranks[hit] + 2)).sum()

figures = {"version": np.__version__, "seconds": seconds, "cpu_seconds": cpu_seconds, "count_seconds": counted - started}
print(json.dumps({**figures, "hit_rate": hits / len(targets), "ndcg": ndcg / len(targets)}))
