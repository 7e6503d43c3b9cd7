"""The peer of xgboost-scoring.ts. train FOLDER TREES DEPTH ROWS FEATURES: a model, rows and their margins.
measure FOLDER: processor and wall microseconds a row, as JSON."""
import json
import sys
import time
from pathlib import Path

import numpy as np
import xgboost

mode, folder = sys.argv[1], Path(sys.argv[2])
if mode == "train":
    trees, depth, count, features = map(int, sys.argv[3:])
    random = np.random.default_rng(1)
    rows = random.normal(size=(count, features)).astype(np.float32)
    rows[random.random(rows.shape) < 0.05] = np.nan
    labels = (np.nansum(rows[:, :6] ** 2, axis=1) + random.normal(size=count) > 6).astype(int)
    params = {"objective": "binary:logistic", "max_depth": depth, "eta": 0.05, "min_child_weight": 0, "tree_method": "hist"}
    booster = xgboost.train(params, xgboost.DMatrix(rows, labels), trees)
    booster.save_model(folder / "model.ubj")
    rows.tofile(folder / "rows")
    booster.predict(xgboost.DMatrix(rows), output_margin=True).astype(np.float32).tofile(folder / "margins")
else:
    booster = xgboost.Booster({"nthread": 1}, model_file=folder / "model.ubj")
    booster.set_param({"nthread": 1})
    rows = np.fromfile(folder / "rows", dtype=np.float32).reshape(-1, booster.num_features())

    def cost(work, count):
        work()
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        return {"wall": (time.perf_counter() - wall) * 1e6 / count, "cpu": (time.process_time() - cpu) * 1e6 / count}

    some = rows[:500]
    explained = xgboost.DMatrix(some[:100], nthread=1)

    def one_by_one():
        for row in range(len(some)):
            booster.inplace_predict(some[row : row + 1], predict_type="margin")

    answer = {
        "version": xgboost.__version__,
        "batch": cost(lambda: booster.inplace_predict(rows, predict_type="margin"), len(rows)),
        "batch_dmatrix": cost(lambda: booster.predict(xgboost.DMatrix(rows, nthread=1), output_margin=True), len(rows)),
        "single": cost(one_by_one, len(some)),
        "explained": cost(lambda: booster.predict(explained, pred_contribs=True), 100),
    }
    print(json.dumps(answer))
