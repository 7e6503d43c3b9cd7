"""Registers models that only Python can load: python mlflow_python_models.py. Prints JSON of their names, requests and predictions."""

import json

import mlflow
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier


class Ranking(mlflow.pyfunc.PythonModel):
    """Sorts the titles of each row by how far their length is from the parameter."""

    def predict(self, context, model_input, params=None):
        print("ranking", len(model_input), "rows")
        wanted = (params or {}).get("length", 3)
        return [sorted(titles, key=lambda title: (abs(len(title) - wanted), title)) for titles in model_input["titles"]]


def log_forest():
    rng = np.random.default_rng(7)
    rows = pd.DataFrame(rng.normal(size=(200, 4)), columns=["a", "b", "c", "d"])
    labels = np.where(rows["a"] * rows["b"] > rows["c"], "yes", "no")
    model = RandomForestClassifier(n_estimators=20, random_state=1).fit(rows, labels)
    mlflow.sklearn.log_model(
        model,
        name="forest",
        input_example=rows.head(3),
        serialization_format="cloudpickle",
        registered_model_name="forest",
        pip_requirements=["scikit-learn"],  # inferring them takes a Python process that imports mlflow
    )
    queries = rows.tail(50)
    request = {"dataframe_split": queries.to_dict(orient="split")}
    return {"name": "forest", "request": request, "predictions": model.predict(queries).tolist()}


def log_ranking():
    example = pd.DataFrame({"titles": [["Alien", "Up", "Heat"]]})
    params = {"length": 3}
    ranking = Ranking()
    signature = mlflow.models.infer_signature(example, ranking.predict(None, example, params), params)
    mlflow.pyfunc.log_model(
        name="ranking",
        python_model=ranking,
        signature=signature,
        input_example=example,
        registered_model_name="ranking",
        pip_requirements=["mlflow"],
    )
    request = {"dataframe_records": example.to_dict(orient="records"), "params": {"length": 4}}
    return {"name": "ranking", "request": request, "predictions": ranking.predict(None, example, {"length": 4})}


with mlflow.start_run():
    facts = [log_forest(), log_ranking()]
print("FACTS " + json.dumps(facts))
