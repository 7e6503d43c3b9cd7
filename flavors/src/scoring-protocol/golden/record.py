"""Records how MLflow's scoring server casts and enforces values by the signature, in this folder.

python record.py   (mlflow 3.17.2, pandas 3.1.1)

Each line has a signature, a request and what the model gets: columns of a data frame or params, or null if it is rejected.
"""

import base64
import datetime
import json
import math
import os

import numpy as np
import pandas as pd
from mlflow.models.utils import _enforce_params_schema, _enforce_schema
from mlflow.pyfunc.scoring_server import infer_and_parse_data
from mlflow.types import ParamSchema, Schema

HERE = os.path.dirname(os.path.abspath(__file__))

SCALARS = ["boolean", "integer", "long", "float", "double", "string", "binary", "datetime"]
VALUES = [
    1, 0, -3, 2, 1.5, -0.5, 0.1, True, False, None, "1", "-7", "+7", "1.5", " 2 ", "1e3", ".5", "5.", "", " ", "x", "true", "False",
    "TRUE", "nan", "NaN", "inf", "-Infinity", "0x10", "1_0", 2147483647, 2147483648, -2147483649, 9007199254740991, 1e39,
    "9223372036854775807", "9223372036854775808", [1], [], {"a": 1}, "2021-01-01", "2021-01-01T10:11:12", "2021-01-01 10:11",
    "2021-02-30", "2021-13-01", "AQID", "AQI=", "AQI", "가나다",
]


def plain(value):
    if isinstance(value, (bytes, bytearray)):
        return {"base64": base64.b64encode(value).decode()}
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, (np.floating, np.integer, np.bool_)):
        return plain(value.item())
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (datetime.date, pd.Timestamp)):
        return {"datetime": value.isoformat()}
    if isinstance(value, (list, np.ndarray)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value


def attempt(compute):
    try:
        return compute()
    except Exception:
        return None


def columns_of(frame):
    return {name: [plain(value) for value in frame[name].tolist()] for name in frame.columns}


def scored(schema, request):
    return attempt(lambda: columns_of(_enforce_schema(infer_and_parse_data(json.loads(json.dumps(request)), schema), schema)))


def column(kind, **more):
    return {"type": kind, "name": "x", "required": True, **more}


def requests(value):
    yield {"dataframe_records": [{"x": value}]}
    yield {"inputs": {"x": [value]}}


NESTED = [
    (column("array", items={"type": "long"}), [[1, 2], [], [1.5], ["1"], [True], [None], None, 1, "x", {"a": 1}]),
    (column("array", items={"type": "long"}, required=False), [[1, 2], [], None]),
    (column("array", items={"type": "double"}), [[1.5, 2.5], ["1.5"], [[1.5]]]),
    (column("array", items={"type": "string"}), [["a", "b"], [1], []]),
    (column("array", items={"type": "array", "items": {"type": "long"}}), [[[1], [2, 3]], [1], [[]], [["1"]]]),
    (
        column("object", properties={"a": {"type": "long", "required": True}, "b": {"type": "string", "required": False}}),
        [{"a": 1, "b": "x"}, {"a": 1}, {"b": "x"}, {"a": "1"}, {"a": 1, "c": 2}, {"a": 1, "b": None}, {}, None, [1], 1],
    ),
    (column("map", values={"type": "long"}), [{"k": 1, "l": 2}, {"k": "x"}, {}, None, [1]]),
    (column("any"), [1, "x", None, [1], {"a": 1}]),
]

FORMS = [
    [column("double")],
    [column("double"), {"type": "long", "name": "y", "required": False}],
    [{"type": "double", "required": True}, {"type": "long", "required": True}],
    [column("array", items={"type": "long"})],
]
FORM_REQUESTS = [
    {"inputs": [1, 2]}, {"inputs": [[1], [2]]}, {"inputs": [[1, 2]]}, {"inputs": [{"x": 1}, {"x": 2}]}, {"inputs": {"x": 1}},
    {"inputs": {"x": [1, 2]}}, {"inputs": {"x": [1, 2], "y": [3, 4]}}, {"inputs": {"x": [1], "y": [3, 4]}}, {"inputs": {"y": [1]}},
    {"inputs": 1}, {"inputs": "x"}, {"inputs": None}, {"inputs": []}, {"instances": [1, 2]}, {"instances": [[1, 2]]},
    {"instances": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}, {"instances": []}, {"dataframe_records": []}, {"dataframe_records": [{}]},
    {"dataframe_records": [{"x": 1}, {"y": 2}]}, {"dataframe_records": [{"y": 2}]}, {"dataframe_records": [{"x": 1, "z": [5]}]},
    {"dataframe_records": 1}, {"dataframe_records": {"x": 1}}, {"dataframe_split": {"data": [[1, 2]]}},
    {"dataframe_split": {"columns": [0, 1], "data": [[1, 2]]}}, {"dataframe_split": {"columns": ["x"], "data": [1, 2]}},
    {"dataframe_split": {"columns": ["x"], "data": [[1], [2]], "index": ["a", "b"]}},
    {"dataframe_split": {"columns": ["x"], "data": [[1], [2]], "index": [1]}}, {"dataframe_split": {"columns": ["x"]}},
    {"dataframe_split": {"columns": ["x"], "data": [[1]], "other": 1}}, {"dataframe_split": {"columns": "x", "data": [[1]]}},
    {"dataframe_split": {"columns": ["x", "x"], "data": [[1, 2]]}}, {"dataframe_split": {"columns": ["x"], "data": [[1, 2]]}},
    {"dataframe_split": [[1]]}, {"inputs": {"x": [[1, 2]]}}, {"dataframe_records": [{"x": [1, 2]}]}, {"instances": [{"x": [1, 2]}]},
    {"inputs": [[1, 2], [3]]}, {}, {"inputs": [1], "instances": [1]},
]

PARAMS = [
    ({"name": "p", "type": "integer", "default": 7, "shape": None}, [1, 1.5, "1", True, None, [1]]),
    ({"name": "p", "type": "long", "default": 7, "shape": None}, [1, 1.5, "1", True]),
    ({"name": "p", "type": "float", "default": 0.5, "shape": None}, [1, 1.5, "1", True]),
    ({"name": "p", "type": "double", "default": 0.5, "shape": None}, [1, 1.5, "1", True, {}]),
    ({"name": "p", "type": "string", "default": "a", "shape": None}, ["b", 1, True]),
    ({"name": "p", "type": "boolean", "default": True, "shape": None}, [False, 0, "true"]),
    ({"name": "p", "type": "datetime", "default": "2023-07-01T00:00:00", "shape": None}, ["2024-01-02", "2024-01-02T03:04:05", "x", 5]),
    ({"name": "p", "type": "double", "default": [0.5], "shape": [-1]}, [[1.5, 2], [], 1.5, ["1"], [[1]]]),
    (
        {"name": "p", "type": "object", "default": {"a": 1}, "shape": None, "properties": {"a": {"type": "long", "required": True}}},
        [{"a": 2}, {"a": "2"}, {"b": 1}, {}, 1],
    ),
]


def lines():
    for kind in SCALARS:
        schema = Schema.from_json(json.dumps([column(kind)]))
        for value in VALUES:
            for request in requests(value):
                if kind != "binary" or "inputs" not in request:  # there, MLflow does not decode base64
                    yield [column(kind)], request, scored(schema, request)
    for one, values in NESTED:
        schema = Schema.from_json(json.dumps([one]))
        for value in values:
            for request in requests(value):
                yield [one], request, scored(schema, request)
    for inputs in FORMS:
        schema = Schema.from_json(json.dumps(inputs))
        for request in FORM_REQUESTS:
            yield inputs, request, scored(schema, request)


def param_lines():
    for spec, values in PARAMS:
        schema = ParamSchema.from_json(json.dumps([spec]))
        for given in [None, {}, {"other": 1}, 3, *({"p": value} for value in values)]:
            yield [spec], given, attempt(lambda given=given: plain(_enforce_params_schema(given, schema)))


def write(name, rows):
    with open(os.path.join(HERE, name), "w", encoding="utf8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


write("casts.jsonl", ({"inputs": i, "request": r, "columns": c} for i, r, c in lines()))
write("params.jsonl", ({"schema": s, "params": p, "result": r} for s, p, r in param_lines()))
