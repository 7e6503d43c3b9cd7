"""The official mlflow logs ONNX models, Cairn serves them, and both predict the same."""
import json
import os
import tempfile
import time

import mlflow
import mlflow.onnx
import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pyarrow as pa
import requests
import yaml
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema
from onnx import TensorProto as T
from onnx import helper, numpy_helper

from facts import check

URI = os.environ["CAIRN_URL"]
mlflow.set_tracking_uri(URI)
mlflow.set_experiment("/official/onnx")
client = mlflow.MlflowClient()
random = np.random.default_rng(11)
info, node = helper.make_tensor_value_info, helper.make_node


def graph(nodes, inputs, outputs, weights):
    tensors = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    made = helper.make_model(
        helper.make_graph(nodes, "graph", inputs, outputs, tensors), opset_imports=[helper.make_opsetid("", 17)]
    )
    made.ir_version = 8
    onnx.checker.check_model(made)
    return made


def floats(*shape):
    return random.standard_normal(shape).astype("float32")


def deploy(endpoint, model):
    """Serves version 1 of a registered model."""
    entity = {"entity_name": model, "entity_version": "1"}
    answer = requests.post(f"{URI}/api/2.0/serving-endpoints", json={"name": endpoint, "config": {"served_entities": [entity]}})
    answer.raise_for_status()
    for _ in range(1200):
        state = requests.get(f"{URI}/api/2.0/serving-endpoints/{endpoint}").json()["state"]
        if state["config_update"] != "IN_PROGRESS":
            break
        time.sleep(0.1)
    check(f"{model} is served", state["ready"] == "READY")


def ask(endpoint, **body):
    return requests.post(f"{URI}/serving-endpoints/{endpoint}/invocations", json=body)


def predictions(endpoint, **body):
    answer = ask(endpoint, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()["predictions"]


# A network with weights in a file beside the graph, queried by columns
network = graph(
    [node("MatMul", ["X", "A"], ["H"]), node("Relu", ["H"], ["R"]), node("MatMul", ["R", "B"], ["Y"])],
    [info("X", T.FLOAT, ["n", 4])],
    [info("Y", T.FLOAT, ["n", 1])],
    {"A": floats(4, 400), "B": floats(400, 1)},
)
columns = ModelSignature(inputs=Schema([ColSpec("double", name) for name in "abcd"]))
with mlflow.start_run():
    mlflow.onnx.log_model(
        network, name="network", signature=columns, registered_model_name="network", pip_requirements=["onnxruntime"]
    )
deploy("network", "network")
official = mlflow.pyfunc.load_model("models:/network/1")
rows = [dict(zip("abcd", map(float, floats(4)))) for _ in range(5)]
wanted = official.predict(pd.DataFrame(rows)).to_dict("records")
given = predictions("network", dataframe_records=rows)
check("a network answers a data frame like pyfunc", [list(one) for one in given] == [["Y"]] * 5)
check("a network predicts the same numbers as pyfunc", np.allclose([one["Y"] for one in given], [one["Y"] for one in wanted], atol=1e-5))
refused = ask("network", dataframe_records=[{"a": 1, "b": 2, "c": 3}])
check("a missing column is rejected by name", refused.status_code == 400 and "'d'" in refused.json()["message"])

# Named input and output tensors
lookup = graph(
    [node("Gather", ["E", "ids"], ["vectors"]), node("ReduceSum", ["vectors", "axis"], ["total"], keepdims=0)],
    [info("ids", T.INT64, ["n", "m"])],
    [info("vectors", T.FLOAT, ["n", "m", 3]), info("total", T.FLOAT, ["n", 3])],
    {"E": floats(10, 3), "axis": np.array([1])},
)
with mlflow.start_run():
    mlflow.onnx.log_model(lookup, name="lookup", registered_model_name="lookup", pip_requirements=["onnxruntime"])
deploy("lookup", "lookup")
ids = [[0, 9, 3], [4, 4, 4]]
wanted = mlflow.pyfunc.load_model("models:/lookup/1").predict({"ids": np.array(ids)})
given = predictions("lookup", inputs={"ids": ids})
check("the response has a field for each output tensor", list(given) == list(wanted))
check("output tensors equal those of pyfunc", all(np.allclose(given[name], wanted[name], atol=1e-6) for name in wanted))
refused = ask("lookup", inputs={"ids": [[0, 10]]})
check("an id out of range is refused", refused.status_code == 400 and "Gather" not in refused.text)

# A sequence recommender, written from the description of its format
ITEMS, WIDTH, LENGTH = 40, 8, 12
table = floats(ITEMS + 1, WIDTH)
table[0] = 0
sequence = graph(
    [
        node("Gather", ["table", "history"], ["events"]),
        node("Shape", ["history"], ["length"], start=1),
        node("Sub", ["end", "length"], ["from"]),
        node("Slice", ["decay", "from", "end", "zero"], ["weights"]),
        node("Mul", ["events", "weights"], ["weighed"]),
        node("ReduceSum", ["weighed", "one"], ["state"], keepdims=0),
        node("MatMul", ["state", "classes"], ["scores"]),
        node("TopK", ["scores", "ten"], ["top_scores", "top_items"]),
    ],
    [info("history", T.INT64, ["batch", "length"])],
    [info("scores", T.FLOAT, ["batch", ITEMS]), info("top_scores", T.FLOAT, ["batch", 10]), info("top_items", T.INT64, ["batch", 10])],
    {
        "table": table,
        "decay": (0.7 ** np.arange(LENGTH)[::-1]).astype("float32").reshape(LENGTH, 1),
        "classes": floats(WIDTH, ITEMS),
        "one": np.array([1]),
        "zero": np.array([0]),
        "end": np.array([LENGTH]),
        "ten": np.array([10]),
    },
)
names = [f"tt{row:03}" for row in range(ITEMS)]
with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as run:
    onnx.save(sequence, f"{folder}/model.onnx")
    items = pa.table({"item_id": names, "title": [f"Film {name}" for name in names], "popularity": [float(n) for n in range(ITEMS)]})
    items = items.cast(pa.schema([pa.field(one.name, one.type, nullable=False) for one in items.schema]))
    with pa.OSFile(f"{folder}/items.arrow", "wb") as file, pa.ipc.new_file(file, items.schema) as writer:
        writer.write_table(items)
    manifest = {"format": "cairn.sequence", "format_version": 1, "kind": "bert4rec", "max_history": LENGTH, "parameters": {}}
    mlmodel = {"flavors": {"sequence": {"data": "sequence.json"}, "onnx": {"data": "model.onnx", "providers": ["CPUExecutionProvider"]}}}
    for name, text in {"sequence.json": json.dumps(manifest), "MLmodel": yaml.safe_dump(mlmodel)}.items():
        with open(f"{folder}/{name}", "w") as file:
            file.write(text)
    mlflow.log_artifacts(folder, "sequence")
client.create_registered_model("sequence")
client.create_model_version("sequence", f"{run.info.artifact_uri}/sequence", run.info.run_id)
deploy("sequence", "sequence")
loaded = mlflow.onnx.load_model("models:/sequence/1")
session = onnxruntime.InferenceSession(loaded.SerializeToString())
for history in ([3], [1, 2, 3], [3, 2, 1], [int(row) for row in random.integers(0, ITEMS, 50)]):
    tokens = np.array([[row + 1 for row in history[-LENGTH:]]])
    scores, rows = session.run(["top_scores", "top_items"], {"history": tokens})
    question = {"history": [names[row] for row in history], "k": 10, "filter_seen": False, "reasons": True}
    [answer] = predictions("sequence", dataframe_records=[question])
    best = answer["recommendations"]
    check(
        f"after {len(history)} events the graph's best are recommended",
        [one["item_id"] for one in best] == [names[row] for row in rows[0]]
        and np.allclose([one["score"] for one in best], scores[0], atol=1e-5),
    )
    reasons = [reason for one in best for reason in one["reasons"]]
    check("reasons name items of the history", all(one.get("item_id") in (None, *question["history"]) for one in reasons))
