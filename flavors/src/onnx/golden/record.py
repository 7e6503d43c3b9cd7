"""Saves models with `mlflow.onnx.save_model` and records the responses of MLflow's scoring to requests, in this folder.

python record.py   (mlflow 3.17.2, onnx 1.23.2, onnxruntime 1.32.0)
"""

import io
import json
import os
import shutil

import mlflow.onnx
import numpy as np
import onnx
from mlflow.models import ModelSignature
from mlflow.pyfunc import load_model
from mlflow.pyfunc.scoring_server import infer_and_parse_data, predictions_to_json
from mlflow.types import ColSpec, Schema, TensorSpec
from onnx import TensorProto as T
from onnx import helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(7)
info = helper.make_tensor_value_info
node = helper.make_node


def graph(nodes, inputs, outputs, weights=None):
    tensors = [numpy_helper.from_array(value, name) for name, value in (weights or {}).items()]
    made = helper.make_model(
        helper.make_graph(nodes, "graph", inputs, outputs, tensors),
        opset_imports=[helper.make_opsetid("", 17)],
    )
    made.ir_version = 8
    onnx.checker.check_model(made)
    return made


def floats(*shape):
    return random.standard_normal(shape).astype("float32")


def columns(**types):
    return ModelSignature(inputs=Schema([ColSpec(kind, name) for name, kind in types.items()]))


def tensors(**specs):
    return ModelSignature(inputs=Schema([TensorSpec(np.dtype(kind), shape, name) for name, (kind, shape) in specs.items()]))


linear = graph(
    [node("MatMul", ["X", "W"], ["Y"])], [info("X", T.FLOAT, ["n", 4])], [info("Y", T.FLOAT, ["n", 1])], {"W": floats(4, 1)}
)
wide = graph(
    [node("MatMul", ["X", "W"], ["Y"])], [info("X", T.FLOAT, ["n", 4])], [info("Y", T.FLOAT, ["n", 3])], {"W": floats(4, 3)}
)
large = graph(
    [node("MatMul", ["X", "A"], ["H"]), node("Relu", ["H"], ["R"]), node("MatMul", ["R", "B"], ["Y"])],
    [info("X", T.FLOAT, ["n", 4])],
    [info("Y", T.FLOAT, ["n", 1])],
    {"A": floats(4, 300), "B": floats(300, 1)},
)
mixed = graph(
    [
        node("Cast", ["count"], ["f"], to=T.FLOAT),
        node("Mul", ["f", "weight"], ["p"]),
        node("Cast", ["flag"], ["c"], to=T.FLOAT),
        node("Add", ["p", "c"], ["sum"]),
        node("Identity", ["name"], ["text"]),
        node("Mul", ["count", "count"], ["square"]),
        node("Not", ["flag"], ["unflagged"]),
    ],
    [info("count", T.INT64, ["n"]), info("weight", T.FLOAT, ["n"]), info("flag", T.BOOL, ["n"]), info("name", T.STRING, ["n"])],
    [info("sum", T.FLOAT, ["n"]), info("text", T.STRING, ["n"]), info("square", T.INT64, ["n"]), info("unflagged", T.BOOL, ["n"])],
)
lookup = graph(
    [node("Gather", ["E", "ids"], ["vectors"]), node("ReduceSum", ["vectors", "axis"], ["total"], keepdims=0)],
    [info("ids", T.INT64, ["n", "m"])],
    [info("vectors", T.FLOAT, ["n", "m", 2]), info("total", T.FLOAT, ["n", 2])],
    {"E": floats(10, 2), "axis": np.array([1])},
)
image = graph(
    [node("ReduceSum", ["pixels", "axes"], ["light"], keepdims=0)],
    [info("pixels", T.FLOAT, ["n", 2, 3])],
    [info("light", T.FLOAT, ["n"])],
    {"axes": np.array([1, 2])},
)

abcd = columns(a="double", b="double", c="double", d="double")
MODELS = {
    "linear": (linear, abcd, None),
    "wide": (wide, None, None),
    "large": (large, abcd, {"intra_op_num_threads": 1, "graph_optimization_level": 1}),
    "tensor": (wide, tensors(X=("float32", (-1, 4))), None),
    "unnamed": (wide, ModelSignature(inputs=Schema([TensorSpec(np.dtype("float32"), (-1, 4))])), None),
    "mixed": (mixed, columns(count="long", weight="double", flag="boolean", name="string"), None),
    "mixed_bare": (mixed, None, None),
    "lookup": (lookup, tensors(ids=("int64", (-1, -1))), None),
    "image": (image, tensors(pixels=("float32", (-1, 2, 3))), None),
}

row = {"a": 1, "b": 2.5, "c": -3, "d": 4}
split = {"columns": list("abcd"), "data": [[1, 2, 3, 4], [0.5, -1, 1, 2]]}
some = {"count": 3, "weight": 0.25, "flag": True, "name": "극한직업"}
lists = {"count": [3, 4], "weight": [0.25, 2], "flag": [True, False], "name": ["x", "y"]}
X = [[1, 2, 3, 4], [0.5, -1, 1, 2]]
REQUESTS = {
    "linear": [
        {"dataframe_split": split},
        {"dataframe_records": [row, {"d": 4, "c": -3, "b": 2.5, "a": 1, "z": 9}]},
        {"instances": [row]},
        {"inputs": {key: [value] for key, value in row.items()}},
        {"inputs": row},
        {"dataframe_records": [{**row, "a": "1.5"}]},
        {"dataframe_records": [{**row, "a": True}]},
        {"dataframe_records": [row, {"a": 1}]},
        {"dataframe_split": {"columns": list("abcd"), "data": []}},
        {"dataframe_records": [{"a": 1, "b": 2}]},
        {"dataframe_records": []},
        {"dataframe_records": [{**row, "a": "x"}]},
        {"dataframe_records": [{**row, "a": [1]}]},
        {"dataframe_records": [{**row, "a": {"x": 1}}]},
        {"dataframe_split": {"columns": list("aacd"), "data": [[1, 2, 3, 4]]}},
        {"dataframe_split": {"columns": list("abcd"), "data": [[1, 2, 3]]}},
        {"instances": [[1, 2, 3, 4]]},
        {"inputs": {"a": [1, 2], "b": [1], "c": [1], "d": [1]}},
    ],
    "wide": [
        {"inputs": X},
        {"instances": X},
        {"inputs": {"X": X}},
        {"instances": [{"X": X[0]}, {"X": X[1]}]},
        {"inputs": [1, 2, 3, 4]},
        {"inputs": [[1, 2, 3]]},
        {"inputs": {"Z": X}},
        {"inputs": [[1, 2, 3, 4], [1]]},
        {"inputs": [["a", "b", "c", "d"]]},
    ],
    "large": [{"dataframe_split": split}],
    "tensor": [
        {"inputs": {"X": X}},
        {"instances": [{"X": X[0]}, {"X": X[1]}]},
        {"dataframe_split": {"columns": ["X"], "data": [[X[0]], [X[1]]]}},
        {"inputs": {"X": [[1, 2, 3]]}},
        {"inputs": {"Y": X}},
        {"inputs": X},
    ],
    "unnamed": [
        {"inputs": X},
        {"instances": X},
        {"dataframe_split": {"columns": ["X"], "data": [[X[0]], [X[1]]]}},
        {"inputs": [[1, 2]]},
    ],
    "mixed": [
        {"dataframe_records": [some, {**some, "count": -2, "flag": False}]},
        {"inputs": lists},
        {"dataframe_records": [{**some, "count": 1.5}]},
        {"dataframe_records": [{"count": 1}]},
    ],
    "mixed_bare": [{"inputs": {**lists, "weight": [0.25, 2.5]}}, {"inputs": {"count": [1]}}, {"inputs": [1]}],
    "lookup": [
        {"inputs": {"ids": [[0, 9], [3, 3]]}},
        {"instances": [{"ids": [1, 2]}]},
        {"inputs": {"ids": [[0, 10]]}},
        {"inputs": {"ids": [[0, 1], [2]]}},
        {"inputs": {"ids": [["a"]]}},
    ],
    "image": [
        {"inputs": {"pixels": [[[1, 2, 3], [4, 5, 6]]]}},
        {"dataframe_split": {"columns": ["pixels"], "data": [[[1, 2, 3, 4, 5, 6]], [[0.5, 0, 0, 0, 0, 1]]]}},
        {"inputs": {"pixels": [[[1, 2], [3, 4]]]}},
    ],
}


def respond(model, request):
    """Scores like the scoring server; `None` if it rejects the request or fails."""
    try:
        parsed = infer_and_parse_data(request, model.metadata.get_input_schema())
        text = io.StringIO()
        predictions_to_json(model.predict(parsed), text)
        # MLflow writes NaN, which is not JSON: becomes null
        return json.loads(text.getvalue(), parse_constant=lambda _: None)["predictions"]
    except Exception as error:
        print(f"refused: {json.dumps(request)[:100]}: {str(error)[:100]!r}")
        return None


def main():
    exchanges = []
    for name, (made, signature, options) in MODELS.items():
        folder = os.path.join(HERE, name)
        shutil.rmtree(folder, ignore_errors=True)
        mlflow.onnx.save_model(
            made, folder, signature=signature, onnx_session_options=options, pip_requirements=["onnx", "onnxruntime"]
        )
        for file in ("conda.yaml", "python_env.yaml", "requirements.txt"):
            os.remove(os.path.join(folder, file))
        model = load_model(folder)
        exchanges += [{"model": name, "request": one, "predictions": respond(model, one)} for one in REQUESTS[name]]
    with open(os.path.join(HERE, "exchanges.jsonl"), "w") as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in exchanges)


main()
