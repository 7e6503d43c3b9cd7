"""The peer of bench/boosting.ts: XGBoost's library on the same rows, one tree for each line that it reads. Prints one JSON
line per tree: wall and processor seconds; after the last tree the metric of the test rows."""
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import xgboost

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
task = json.loads((folder / "task.json").read_text())


def matrix(name):
    rows = np.fromfile(folder / f"{name}.rows", dtype=np.float32).reshape(-1, task["features"])
    data = xgboost.DMatrix(rows, label=np.fromfile(folder / f"{name}.labels", dtype=np.float32), nthread=threads)
    if task["groups"][name]:
        data.set_group(task["groups"][name])
    return data


def processor():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def say(answer):
    print(json.dumps(answer), flush=True)


train, test = matrix("train"), matrix("test")
booster = xgboost.Booster({**task["params"], "tree_method": "hist", "nthread": threads}, [train])
say({"version": xgboost.__version__})
for tree, line in enumerate(sys.stdin):
    if line.strip() == "end":
        break
    wall, used = time.perf_counter(), processor()
    booster.update(train, tree)
    say({"seconds": time.perf_counter() - wall, "processor": processor() - used})
say({"metric": float(booster.eval(test).split(":")[-1])})
