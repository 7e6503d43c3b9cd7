"""Saves models into FOLDER, and prints what MLflow's scoring server answers to each request: mlflow_scoring_models.py FOLDER."""

import json
import math
import os
import sys

import mlflow.onnx
import mlflow.pyfunc
import mlflow.sklearn
import numpy as np
import onnx
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature, infer_signature
from mlflow.pyfunc import scoring_server
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
from mlflow.utils.proto_json_utils import NumpyEncoder
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier

FOLDER = sys.argv[1]
JSON, CSV = "application/json", "text/csv"
iris = load_iris()
flowers = iris.data[:, :2]
table = pd.DataFrame(flowers)

types = pd.DataFrame(
    {
        "flag": [True, False, True],
        "integer": np.array([1, 2, 3], np.int32),
        "long": np.array([1, 2, 2**60], np.int64),
        "float": np.array([math.e, 2 * math.e, 3 * math.e], np.float32),
        "double": [math.e, 2 * math.e, 3 * math.e],
        "text": ["a", "b", "ü"],
        "binary": [b"\x01\x02", b"\x03", b""],
        "time": pd.to_datetime(["2021-01-01 00:00:00", "2021-02-02 10:00:00", "2021-03-03 12:00:01"]),
    }
)
SCHEMA = Schema(
    [
        ColSpec(DataType[name], column)
        for column, name in zip(types, ["boolean", "integer", "long", "float", "double", "string", "binary", "datetime"])
    ]
)
SIMPLE = list(types)[:6]


class Types(mlflow.pyfunc.PythonModel):
    """Returns the name, the dtype and the values of each column."""

    def predict(self, context, model_input, params=None):
        return [[str(name), str(column.dtype), [str(value) for value in column]] for name, column in model_input.items()]


class Shape(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return list(np.shape(model_input))


def branches():
    """Creates a graph with two named inputs."""
    value = helper.make_tensor_value_info
    nodes = [
        helper.make_node("Concat", ["a", "b"], ["ab"], axis=1),
        helper.make_node("MatMul", ["ab", "W"], ["y"]),
    ]
    inputs = [value(name, TensorProto.FLOAT, ["n", 2]) for name in "ab"]
    weights = [numpy_helper.from_array(np.float32([[0.5], [-1], [2], [0.25]]), "W")]
    graph = helper.make_graph(nodes, "branches", inputs, [value("y", TensorProto.FLOAT, ["n", 1])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model


def save():
    path = lambda name: os.path.join(FOLDER, name)
    neighbours = KNeighborsClassifier().fit(flowers, iris.target)
    only = {"pip_requirements": ["mlflow", "scikit-learn"]}
    pickled = {**only, "serialization_format": "cloudpickle"}
    mlflow.sklearn.save_model(neighbours, path("neighbours"), **pickled)
    dated = infer_signature(flowers)
    dated.params = ParamSchema([ParamSpec("since", DataType.datetime, np.datetime64("2023-07-01"))])
    mlflow.sklearn.save_model(neighbours, path("dated"), signature=dated, **pickled)
    mlflow.pyfunc.save_model(path("typed"), python_model=Types(), signature=ModelSignature(SCHEMA), **only)
    mlflow.pyfunc.save_model(path("untyped"), python_model=Types(), **only)
    mlflow.pyfunc.save_model(path("shape"), python_model=Shape(), **only)
    simple = ModelSignature(Schema([one for one in SCHEMA.inputs if one.name in SIMPLE]))
    mlflow.pyfunc.save_model(path("simple"), python_model=Types(), signature=simple, **only)
    mlflow.onnx.save_model(branches(), path("branches"), pip_requirements=["onnxruntime"])


def forms(frame):
    return {
        "dataframe_split": frame.to_dict(orient="split"),
        "dataframe_records": frame.to_dict(orient="records"),
        "inputs": frame.to_dict(orient="list"),
    }


def requests():
    """Yields name, model, body and content type of each request."""
    yield "text that is no JSON", "neighbours", "this, is not {json", JSON
    for value in (1, "1", [1], {"neither": "form"}, {"dataframe_records": [], "dataframe_split": {"data": []}}):
        yield f"JSON in no known form: {json.dumps(value)}", "neighbours", value, JSON
    yield "records in dataframe_split", "neighbours", {"dataframe_split": table[:2].to_dict(orient="records")}, JSON
    yield "a split in dataframe_records", "neighbours", {"dataframe_records": table[:2].to_dict(orient="split")}, JSON
    yield "an index of another length", "neighbours", {"dataframe_split": {"index": [1, 2], "data": [[1], [2], [3]]}}, JSON
    yield "too few columns", "neighbours", {"dataframe_split": {"data": [[n] for n in range(10)]}}, JSON
    yield "an empty CSV", "neighbours", "", CSV
    for form in ("dataframe_records", "dataframe_split"):
        for content_type in (JSON, f"{JSON}; charset=UTF-8"):
            yield f"{form} as {content_type}", "neighbours", {form: forms(table)[form]}, content_type
    yield "an unknown Content-Type", "neighbours", forms(table), "not_a_type"
    yield "an unknown parameter of the Content-Type", "neighbours", {"instances": flowers.tolist()}, f"{JSON}; something=something"
    yield "instances", "neighbours", {"instances": flowers.tolist()}, JSON
    left, right = iris.data[:5, :2].tolist(), iris.data[:5, 2:].tolist()
    yield "instances with named tensors", "branches", {"instances": [{"a": a, "b": b} for a, b in zip(left, right)]}, JSON
    yield "inputs with named tensors", "branches", {"inputs": {"a": left, "b": right}}, JSON
    mixed = pd.DataFrame({"m": [7, 11], "z": ["x", "yy"], "a": [-3, 4]})
    codes = pd.DataFrame({"zip": ["95120", "95128", "95128"], "cost": [10.45, 23.0, 12.1], "count": [-8, -1, 1000]})
    paths = pd.DataFrame({"url": ["http://foo.example", "https://bar.example"], "protocol": ["aaa://bbb", "address:/path"]})
    for what, frame in (("numbers and text", mixed), ("text of digits", codes), ("text like URLs", paths)):
        for form in ("dataframe_records", "dataframe_split"):
            yield f"{what} in {form}", "untyped", {form: forms(frame)[form]}, JSON
    yield "instances of three dimensions", "shape", {"instances": np.arange(18).reshape(2, 3, 3).tolist()}, JSON
    shuffled = types[list(types)[::-1]]
    for form, body in forms(shuffled).items():
        yield f"every type, in another order, in {form}", "typed", {form: body}, JSON
    yield "a CSV with a schema", "simple", shuffled[SIMPLE[::-1]].to_csv(index=False), CSV
    bad = {"columns": SIMPLE, "data": [[0, 1, 1, 1.1, 1, 5], ["some text", 2, 2, 9007199254740992.0, 2, 6]]}
    yield "values of other types than the schema's", "simple", {"dataframe_split": bad}, JSON
    rows = {"dataframe_split": table[:3].to_dict(orient="split")}
    inputs = {"inputs": flowers[:3].tolist()}
    yield "no parameters", "dated", inputs, JSON
    yield "a data frame for a tensor", "dated", rows, f"{JSON}; charset=UTF-8"
    yield "a parameter of another type", "dated", {**inputs, "params": {"since": "no date"}}, JSON
    yield "an unknown parameter", "dated", {**inputs, "params": {"other": "value"}}, JSON


def answers():
    models = {}
    for name, model, body, content_type in requests():
        if model not in models:
            models[model] = mlflow.pyfunc.load_model(os.path.join(FOLDER, model))
        loaded = models[model]
        text = body if isinstance(body, str) else json.dumps(body, cls=NumpyEncoder)
        try:
            answer = scoring_server.invocations(text, content_type, loaded, loaded.metadata.get_input_schema())
            status, response = answer.status, answer.response
        except MlflowException as error:
            status, response = error.get_http_status_code(), error.serialize_as_json()
        yield {"name": name, "model": model, "body": text, "content_type": content_type, "status": status, "response": response}


save()
print("FACTS " + json.dumps(list(answers())))
