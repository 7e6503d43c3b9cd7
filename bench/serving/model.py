"""Saves an XGBoost model as mlflow.xgboost does: python model.py FOLDER TREES DEPTH FEATURES [tensor]"""

import sys

import mlflow.xgboost
import numpy as np
import pandas as pd
import xgboost
from mlflow.models import infer_signature

folder, trees, depth, features = sys.argv[1], *map(int, sys.argv[2:5])
random = np.random.default_rng(7)
rows = pd.DataFrame(
    random.normal(size=(4_000, features)), columns=[f"f{n}" for n in range(features)]
)
target = np.sin(rows["f0"]) + rows["f1"] * rows["f2"] + random.normal(size=len(rows)) / 4
if "tensor" in sys.argv[5:]:  # one tensor without names of columns
    target, rows = target.to_numpy(), rows.to_numpy(np.float32)
booster = xgboost.train(
    {"max_depth": depth, "eta": 0.05, "nthread": 1, "seed": 7},
    xgboost.DMatrix(rows, target),
    num_boost_round=trees,
)
signature = infer_signature(rows, booster.predict(xgboost.DMatrix(rows)))
mlflow.xgboost.save_model(booster, folder, signature=signature)
