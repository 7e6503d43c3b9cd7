"""The oracle of against-xgboost.test.ts.

train FOLDER SEED: trains models of every kind on random data and stores each in both formats, with rows and the library's
predictions for them. predict FOLDER: loads the model folders below FOLDER with mlflow and predicts their rows.
"""
import json
import logging
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
mode, folder = sys.argv[1], Path(sys.argv[2])


def listed(values):
    return [None if value != value else float(value) for value in np.asarray(values, dtype=np.float64).ravel()]


def train(random):
    count = 0

    def holes(rows, columns):
        values = random.normal(size=(rows, columns)).astype(np.float32)
        values[random.random(values.shape) < 0.15] = np.nan
        return values

    def case(params, rows, labels, rounds=8, groups=None, types=None, asked=None):
        nonlocal count
        asked = holes(40, rows.shape[1]) if asked is None else asked
        data = xgboost.DMatrix(rows, labels, feature_types=types, enable_categorical=True)
        if groups:
            data.set_group(groups)
        params = {"max_depth": 4, "nthread": 1, **params}
        booster = xgboost.train(params, data, rounds)
        question = xgboost.DMatrix(asked, feature_types=types, enable_categorical=True)
        answer = {"params": str(params), "rows": listed(asked)}
        answer["margins"] = listed(booster.predict(question, output_margin=True))
        answer["predictions"] = listed(booster.predict(question))
        if params.get("booster") != "gblinear":
            answer["leaves"] = listed(booster.predict(question, pred_leaf=True))
        if params.get("multi_strategy") != "multi_output_tree":
            answer["contributions"] = listed(booster.predict(question, pred_contribs=True))
        answer["importance"] = {}
        for kind in ("weight", "gain", "cover", "total_gain", "total_cover"):
            if kind == "weight" or params.get("booster") != "gblinear":
                answer["importance"][kind] = booster.get_score(importance_type=kind)
        booster.save_model(folder / f"{count}.ubj")
        booster.save_model(folder / f"{count}.json")
        (folder / f"{count}.answer").write_text(json.dumps(answer))
        count += 1

    rows = holes(300, 6)
    reals = np.nansum(rows, axis=1) + random.normal(size=300)
    labels, positive, classes = (reals > 0) * 1.0, np.abs(reals) + 0.1, random.integers(0, 3, 300)
    for objective in ("binary:logistic", "reg:logistic", "binary:logitraw", "binary:hinge"):
        case({"objective": objective}, rows, labels)
    for objective in ("reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror"):
        case({"objective": objective}, rows, reals)
    for objective in ("count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "reg:squaredlogerror"):
        case({"objective": objective}, rows, positive)
    for objective in ("rank:ndcg", "rank:pairwise", "rank:map"):
        case({"objective": objective}, rows, labels, groups=[20] * 15)
    several = {"objective": "multi:softprob", "num_class": 3}
    case(several, rows, classes)
    case({**several, "objective": "multi:softmax", "num_parallel_tree": 2, "subsample": 0.7}, rows, classes)
    case({"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.5, 0.9]}, rows, reals)
    case({"booster": "dart", "rate_drop": 0.4, "objective": "binary:logistic"}, rows, labels)
    case({"booster": "dart", "rate_drop": 0.4, **several}, rows, classes)
    for params, target in (({"objective": "binary:logistic"}, labels), (several, classes)):
        case({"booster": "gblinear", "max_depth": None, **params}, rows, target)
    both = np.stack([reals, positive], axis=1)
    case({"objective": "reg:squarederror"}, rows, both)
    case({"objective": "reg:squarederror", "multi_strategy": "multi_output_tree"}, rows, both)
    lossguide = {"grow_policy": "lossguide", "max_leaves": 40, "max_depth": 0}
    case({"objective": "binary:logistic", **lossguide}, rows, labels)
    case({"objective": "reg:squarederror", "max_depth": 9, "gamma": 0.2}, rows, reals)
    coded, types = rows.copy(), ["q", "c", "c", "q", "q", "q"]
    coded[:, 1], coded[:, 2] = random.integers(0, 40, 300), random.integers(0, 3, 300)
    asked = holes(40, 6)
    asked[:, 1], asked[:, 2] = random.integers(0, 45, 40), random.integers(0, 4, 40)
    case({"max_cat_to_onehot": 4, "tree_method": "hist"}, coded, reals, types=types, asked=asked)
    for _ in range(15):
        columns, objective = int(random.integers(1, 9)), str(random.choice(["binary:logistic", "reg:squarederror"]))
        rows = holes(int(random.integers(20, 400)), columns)
        params = {
            "objective": objective,
            "max_depth": int(random.integers(1, 8)),
            "eta": float(random.random()),
            "lambda": float(random.random() * 3),
            "min_child_weight": float(random.random() * 3),
            "tree_method": str(random.choice(["exact", "approx", "hist"])),
        }
        if random.random() < 0.5:
            params["base_score"] = float(random.random() * 0.9 + 0.05)
        target = np.nansum(rows, axis=1)
        case(params, rows, (target > 0) * 1.0 if "log" in objective else target, int(random.integers(1, 20)))
    print(count)


def predict():
    import mlflow.pyfunc
    import mlflow.xgboost

    answers = {}
    for model in sorted(path.parent for path in folder.glob("*/MLmodel")):
        rows = json.loads((model / "rows.json").read_text())
        table = pd.DataFrame(rows["data"], columns=rows["columns"], dtype="float64")
        loaded = mlflow.xgboost.load_model(str(model))
        booster = loaded if isinstance(loaded, xgboost.Booster) else loaded.get_booster()
        question = xgboost.DMatrix(table, feature_types=booster.feature_types, enable_categorical=True)
        # The model as the library read it from our file, written again.
        saved = json.loads(booster.save_raw("json"))
        answers[model.name] = {
            "class": type(loaded).__name__,
            "margins": listed(booster.predict(question, output_margin=True)),
            "leaves": listed(booster.predict(question, pred_leaf=True)),
            "predictions": listed(mlflow.pyfunc.load_model(str(model)).predict(table)),
            "names": booster.feature_names,
            "attributes": saved["learner"]["attributes"],
        }
    print(json.dumps(answers))


if mode == "train":
    train(np.random.default_rng(int(sys.argv[3])))
else:
    predict()
