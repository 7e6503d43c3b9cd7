"""Writes a small sequence-model graph, and the scores of onnxruntime for it, into this folder.

A history's score is a sum over its last events, weighted by recency, so that order and padding matter.

python record.py   (onnx 1.23.2, onnxruntime 1.32.0)
"""

import json
import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto as T
from onnx import helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
ITEMS, WIDTH, LENGTH, TOP = 30, 8, 16, 5
random = np.random.default_rng(3)
node = helper.make_node
info = helper.make_tensor_value_info

table = random.standard_normal((ITEMS + 1, WIDTH)).astype("float32")
table[0] = 0
weights = {
    "table": table,
    "decay": (0.8 ** np.arange(LENGTH)[::-1]).astype("float32").reshape(LENGTH, 1),
    "classes": random.standard_normal((WIDTH, ITEMS)).astype("float32"),
    "one": np.array([1]),
    "zero": np.array([0]),
    "end": np.array([LENGTH]),
    "top": np.array([TOP]),
}
nodes = [
    node("Gather", ["table", "history"], ["events"]),
    node("Shape", ["history"], ["length"], start=1),
    node("Sub", ["end", "length"], ["from"]),
    node("Slice", ["decay", "from", "end", "zero"], ["weights"]),
    node("Mul", ["events", "weights"], ["weighed"]),
    node("ReduceSum", ["weighed", "one"], ["state"], keepdims=0),
    node("Tanh", ["state"], ["bent"]),
    node("MatMul", ["bent", "classes"], ["scores"]),
    node("TopK", ["scores", "top"], ["top_scores", "top_items"]),
]
graph = helper.make_graph(
    nodes,
    "sequence",
    [info("history", T.INT64, ["batch", "length"])],
    [info("scores", T.FLOAT, ["batch", ITEMS]), info("top_scores", T.FLOAT, ["batch", TOP]), info("top_items", T.INT64, ["batch", TOP])],
    [numpy_helper.from_array(value, name) for name, value in weights.items()],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
model.ir_version = 8
onnx.checker.check_model(model)
onnx.save(model, os.path.join(HERE, "model.onnx"))

session = onnxruntime.InferenceSession(os.path.join(HERE, "model.onnx"))
histories = [[3], [1, 2, 3], [3, 2, 1], [5, 5, 5, 29], list(range(20))]
with open(os.path.join(HERE, "scores.jsonl"), "w") as file:
    for history in histories:
        tokens = np.array([[row + 1 for row in history[-LENGTH:]]])
        scores, _, top = session.run(None, {"history": tokens})
        file.write(json.dumps({"history": history, "scores": scores[0].tolist(), "top_items": top[0].tolist()}) + "\n")
