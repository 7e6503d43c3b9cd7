"""The official mlflow logs XGBoost models, Cairn serves them, and both predict the same."""
import os
import time
import warnings

import mlflow
import mlflow.xgboost
import numpy as np
import pandas as pd
import requests
import xgboost as xgb

from facts import check

URI = os.environ["CAIRN_URL"]
mlflow.set_tracking_uri(URI)
mlflow.set_experiment("/official/xgboost")
warnings.filterwarnings("ignore")
random = np.random.default_rng(5)


def deploy(name):
    """Serves version 1 of a registered model."""
    entity = {"entity_name": name, "entity_version": "1"}
    body = {"name": name, "config": {"served_entities": [entity]}}
    requests.post(f"{URI}/api/2.0/serving-endpoints", json=body).raise_for_status()
    for _ in range(1200):
        state = requests.get(f"{URI}/api/2.0/serving-endpoints/{name}").json()["state"]
        if state["config_update"] != "IN_PROGRESS":
            break
        time.sleep(0.1)
    assert state["ready"] == "READY", state


def ask(name, **body):
    return requests.post(f"{URI}/serving-endpoints/{name}/invocations", json=body)


def records(table):
    return table.astype(object).where(table.notna(), None).to_dict("records")


columns = ["age", "clicks", "rating", "year"]
table = pd.DataFrame(random.normal(size=(500, 4)), columns=columns).mask(random.random((500, 4)) < 0.1)
labels = (table.sum(axis=1) + random.normal(size=500) > 0).astype(int)
classes = random.integers(0, 3, 500)
asked = pd.DataFrame(random.normal(size=(40, 4)), columns=columns).mask(random.random((40, 4)) < 0.2)
boosted = {"max_depth": 4, "nthread": 1}
short = {"n_estimators": 12, "max_depth": 3, "n_jobs": 1}


def train(params, target):
    return xgb.train({**boosted, **params}, xgb.DMatrix(table, target), 15)


def stopped():
    model = xgb.XGBClassifier(n_estimators=200, learning_rate=1.0, early_stopping_rounds=3, max_depth=4, n_jobs=1)
    model.fit(table[:300], labels[:300], eval_set=[(table[300:], labels[300:])], verbose=False)
    assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
    return model


models = {
    "booster": train({"objective": "binary:logistic"}, labels),
    "booster-several": train({"objective": "multi:softprob", "num_class": 3}, classes),
    "booster-dart": train({"booster": "dart", "rate_drop": 0.3, "objective": "count:poisson"}, classes),
    "booster-linear": train({"booster": "gblinear", "max_depth": None, "objective": "reg:squarederror"}, classes),
    "classifier-stopped": stopped(),
    "classifier-several": xgb.XGBClassifier(**short).fit(table, classes),
    "regressor": xgb.XGBRegressor(**short, multi_strategy="multi_output_tree").fit(table, table.fillna(0)[["age", "year"]]),
    "ranker": xgb.XGBRanker(**short).fit(table, labels, group=[25] * 20),
}
for name, model in models.items():
    with mlflow.start_run():
        mlflow.xgboost.log_model(
            model,
            name=name,
            registered_model_name=name,
            input_example=table.fillna(0)[:3],
            model_format="json" if name == "ranker" else "ubj",
            pip_requirements=["xgboost"],
        )
    deploy(name)
    wanted = np.asarray(mlflow.pyfunc.load_model(f"models:/{name}/1").predict(asked))
    answer = ask(name, dataframe_records=records(asked))
    assert answer.status_code == 200, answer.text
    given = np.asarray(answer.json()["predictions"])
    # One unit in the last place of a float32
    check(f"{name} predicts the same as in Python", given.shape == wanted.shape and np.allclose(given, wanted, rtol=1.2e-7, atol=0))

loaded = mlflow.xgboost.load_model("models:/classifier-stopped/1")
check("mlflow.xgboost loads the registered model", (loaded.predict(asked) == models["classifier-stopped"].predict(asked)).all())

shuffled = asked[columns[::-1]]
split = {"columns": list(shuffled), "data": shuffled.astype(object).where(shuffled.notna(), None).values.tolist()}
by_name = ask("booster", dataframe_split=split).json()["predictions"]
in_order = ask("booster", dataframe_records=records(asked)).json()["predictions"]
check("columns are matched by name", by_name == in_order)
check("lists of columns give the same predictions", ask("booster", inputs={name: [one[name] for one in records(asked)] for name in columns}).json()["predictions"] == in_order)
refused = ask("booster", dataframe_records=[{"age": 1, "clicks": 2, "rating": 3}])
check("a missing column is rejected by name", refused.status_code == 400 and "'year'" in refused.json()["message"])
refused = ask("booster", dataframe_records=[{"age": 1, "clicks": "many", "rating": 3, "year": 4}])
check("a value that is not a number is rejected by column", refused.status_code == 400 and "'clicks'" in refused.json()["message"])
