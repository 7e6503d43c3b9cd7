# Saves models for the tests of the Python host: `python models.py FOLDER NAME…`, each into FOLDER/NAME.
import json
import os
import sys
import time

import mlflow.pyfunc
import numpy as np
import pandas as pd


class Doubling(mlflow.pyfunc.PythonModel):
    """Adds the parameter to twice the column, and prints, as models do."""

    def predict(self, context, model_input, params=None):
        print("predicting", len(model_input), "rows")
        sys.stderr.write("a warning\n")
        return (model_input["x"] * 2 + (params or {}).get("offset", 0.0)).tolist()


class Arrays(mlflow.pyfunc.PythonModel):
    """Returns an array twice and its dtype; of a data frame, the columns with theirs or what a column of JSON has."""

    def predict(self, context, model_input, params=None):
        if isinstance(model_input, pd.DataFrame) and "json" in model_input:
            return json.loads(model_input["json"][0])
        if isinstance(model_input, pd.DataFrame):
            dtypes = {f"dtype of {name}": [str(dtype)] * len(model_input) for name, dtype in model_input.dtypes.items()}
            return pd.concat([model_input, pd.DataFrame(dtypes)], axis=1)
        return {"same": model_input, "sum": model_input + model_input, "dtype": np.array(str(model_input.dtype))}


class Environment(mlflow.pyfunc.PythonModel):
    """Returns the parts of the server that the process can see."""

    def predict(self, context, model_input, params=None):
        print("the key is", os.environ.get("API_KEY"))
        return [{"variables": sorted(os.environ), "files": os.listdir("."), "uid": os.getuid()}]


class Hostile(mlflow.pyfunc.PythonModel):
    """Executes the action in the row."""

    def predict(self, context, model_input, params=None):
        action = model_input["action"].iloc[0]
        if action == "hang":
            time.sleep(3600)
        if action == "allocate":
            kept = []
            while True:
                kept.append(np.zeros(2**27))  # reserved, not touched
        if action == "exit":
            os._exit(3)
        if action == "fork":  # both processes return
            os.fork()
        if action == "spawn":  # a process that outlives the prediction
            child = os.fork()
            if child == 0:
                time.sleep(3600)
            return [child]
        if action == "fail":
            raise ValueError("secret of the caller")
        return ["done"]


class HangsInLoad(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        time.sleep(3600)

    def predict(self, context, model_input, params=None):
        return model_input


class FailsInLoad(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        raise RuntimeError("weights are missing")

    def predict(self, context, model_input, params=None):
        return model_input


def save(folder, name):
    path = os.path.join(folder, name)
    if name == "sklearn":
        return save_sklearn(path)
    if name == "integers":
        return save_integers(path)
    model, example, params = {
        "doubling": (Doubling(), pd.DataFrame({"x": [1.5]}), {"offset": 0.0}),
        "arrays": (Arrays(), None, None),
        "environment": (Environment(), None, None),
        "hostile": (Hostile(), None, None),
        "hangs-in-load": (HangsInLoad(), None, None),
        "fails-in-load": (FailsInLoad(), None, None),
    }[name]
    signature = None
    if example is not None:
        signature = mlflow.models.infer_signature(example, example["x"], params)
    mlflow.pyfunc.save_model(
        path, python_model=model, input_example=example, signature=signature, pip_requirements=["mlflow"]
    )


def save_integers(path):
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    signature = ModelSignature(inputs=Schema([TensorSpec(np.dtype("int32"), (-1, 2))]))
    mlflow.pyfunc.save_model(path, python_model=Arrays(), signature=signature, pip_requirements=["mlflow"])


def save_sklearn(path):
    import mlflow.sklearn
    from sklearn.linear_model import LogisticRegression

    rows = pd.DataFrame(np.random.default_rng(1).normal(size=(60, 3)), columns=["a", "b", "c"])
    model = LogisticRegression().fit(rows, (rows.sum(axis=1) > 0).astype(int))
    mlflow.sklearn.save_model(model, path, input_example=rows.head(2), pip_requirements=["mlflow", "scikit-learn"])


for one in sys.argv[2:]:
    save(sys.argv[1], one)
