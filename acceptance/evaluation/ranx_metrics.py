"""The figures at 10 of files of lists, by ranx: `ranx_metrics.py FILE…` prints them as one JSON object."""
import json
import sys
from pathlib import Path

import numpy as np
from ranx import Qrels, Run, evaluate

K = 10
NAMES = ["precision", "recall", "ndcg", "hit_rate", "mrr", "map"]


def figures_of(path: str) -> dict[str, float]:
    rows = [json.loads(line) for line in Path(path).read_text().splitlines()]
    rows.sort(key=lambda row: f"u{row['user']:09d}")  # ranx answers in the order of its ids
    users = [f"u{row['user']:09d}" for row in rows]
    qrels = Qrels({user: {str(item): 1 for item in row["targets"]} for user, row in zip(users, rows)})
    run = Run(
        {
            user: {str(item): float(len(row["list"]) - place) for place, item in enumerate(row["list"])}
            for user, row in zip(users, rows)
        }
    )
    found = evaluate(qrels, run, [f"{name}@{K}" for name in NAMES], return_mean=False)
    values = {name: np.asarray(found[f"{name}@{K}"]) for name in NAMES}
    # ranx divides by all relevant items, even where a list has no room for them
    relevant = np.array([len(row["targets"]) for row in rows])
    room = relevant / np.minimum(relevant, K)
    values["map"] = values["map"] * room
    values["recall_capped"] = values["recall"] * room
    return {"n_users": len(rows), **{name: float(np.mean(value)) for name, value in values.items()}}


print(json.dumps({Path(path).stem: figures_of(path) for path in sys.argv[1:]}))
