"""The oracle of against-xgboost.test.ts: for each case of a manifest, loads the model that Cairn wrote and trains the same
in the library. Writes the margins of both beside the case's data."""
import json
import sys
from pathlib import Path

import numpy as np
import xgboost

folder = Path(sys.argv[1])
for case in json.loads((folder / "cases.json").read_text()):
    read = lambda name, kind=np.float32: np.fromfile(folder / f"{case['name']}.{name}", dtype=kind)
    rows = read("rows").reshape(-1, case["features"])
    data = xgboost.DMatrix(rows, label=read("labels"), feature_names=case["names"])
    if case["groups"]:
        data.set_group(case["groups"])
    if case["weights"]:
        data.set_weight(case["weights"])
    ours = xgboost.Booster(model_file=folder / f"{case['name']}.ubj")
    theirs = xgboost.train({**case["params"], "tree_method": "hist", "nthread": 1}, data, case["rounds"])
    for name, booster in (("loaded", ours), ("trained", theirs)):
        booster.predict(data, output_margin=True).astype(np.float32).tofile(folder / f"{case['name']}.{name}")
