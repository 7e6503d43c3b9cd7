"""The official Triton client queries an XGBoost model over the Open Inference Protocol, in JSON and in binary."""

import os
from urllib.parse import urlsplit

import mlflow
import mlflow.xgboost
import numpy as np
import pandas as pd
import requests
import tritonclient.http as triton
import xgboost as xgb
from tritonclient.utils import InferenceServerException

from facts import check

URI = os.environ["CAIRN_URL"]
COLUMNS = {"age": np.float64, "rating": np.float32, "clicks": np.int64, "year": np.int32}
mlflow.set_tracking_uri(URI)
random = np.random.default_rng(3)
table = pd.DataFrame({name: (random.normal(size=200) * 10).astype(dtype) for name, dtype in COLUMNS.items()})
booster = xgb.train({"max_depth": 3, "objective": "binary:logistic"}, xgb.DMatrix(table, (table["age"] > table["year"]).astype(int)), 20)
expected = booster.predict(xgb.DMatrix(table))

with mlflow.start_run():
    signature = mlflow.models.infer_signature(table, expected)
    mlflow.xgboost.log_model(booster, name="model", signature=signature, registered_model_name="clicks", pip_requirements=["xgboost"])
entity = {"name": "current", "entity_name": "clicks", "entity_version": "1"}
requests.post(f"{URI}/api/2.0/serving-endpoints", json={"name": "clicks", "config": {"served_entities": [entity]}}).raise_for_status()

client = triton.InferenceServerClient(url=urlsplit(URI).netloc)


def is_ready():
    try:
        return client.is_model_ready("clicks")
    except InferenceServerException:
        return False


while not is_ready():
    pass  # the test has a time limit


def inputs(binary, rows=table):
    tensors = []
    for name, dtype in COLUMNS.items():
        datatype = {np.float64: "FP64", np.float32: "FP32", np.int64: "INT64", np.int32: "INT32"}[dtype]
        tensor = triton.InferInput(name, [len(rows)], datatype)
        tensor.set_data_from_numpy(rows[name].to_numpy(), binary_data=binary)
        tensors.append(tensor)
    return tensors


def infer(tensors, name="clicks", **options):
    return client.infer(name, tensors, **options)


def refusal(call):
    """Returns status and message of the error."""
    try:
        call()
    except InferenceServerException as error:
        return f"{error.status()} {error.message()}"
    return ""


check("the server is live and ready", client.is_server_live() and client.is_server_ready())
check("the server supports binary tensors", "binary_tensor_data" in client.get_server_metadata()["extensions"])
check("the version of the model is ready, by number and by name", client.is_model_ready("clicks", "1") and client.is_model_ready("clicks", "current"))
check("an unknown version is not ready", not client.is_model_ready("clicks", "9"))
check("an unknown model is not ready", not client.is_model_ready("nothing"))
metadata = client.get_model_metadata("clicks")
check("metadata has the columns with their types", {one["name"]: one["datatype"] for one in metadata["inputs"]} == {"age": "FP64", "rating": "FP32", "clicks": "INT64", "year": "INT32"})
check("metadata has the version", metadata["versions"] == ["1"])
output = metadata["outputs"][0]["name"]
index = client.get_model_repository_index()
check("the index lists the model", [(one["name"], one["version"], one["state"]) for one in index] == [("clicks", "1", "READY")])

for binary in (False, True):
    asked = [triton.InferRequestedOutput(output, binary_data=binary)]
    answer = infer(inputs(binary), outputs=asked, request_id="r1")
    given = answer.as_numpy(output)
    form = "binary" if binary else "JSON"
    check(f"predictions in {form} equal those of xgboost", given.dtype == np.float32 and np.allclose(given, expected, rtol=1.2e-7, atol=0))
    check(f"the answer in {form} names model, version and request", [answer.get_response()[key] for key in ("model_name", "model_version", "id")] == ["clicks", "1", "r1"])
check("a version is queried", np.allclose(infer(inputs(True), model_version="1").as_numpy(output), expected, rtol=1.2e-7))
for algorithm in ("gzip", "deflate"):
    squeezed = infer(inputs(True), request_compression_algorithm=algorithm, response_compression_algorithm=algorithm)
    check(f"a body in {algorithm} is read", np.allclose(squeezed.as_numpy(output), expected, rtol=1.2e-7))
empty = infer(inputs(False, table[:0]), outputs=[triton.InferRequestedOutput(output, binary_data=False)])
check("an empty request has no predictions", empty.as_numpy(output).shape == (0,))
pending = [client.async_infer("clicks", inputs(True, table[n : n + 10])) for n in range(0, 200, 10)]
check("concurrent requests get their own rows", np.allclose(np.concatenate([one.get_result().as_numpy(output) for one in pending]), expected, rtol=1.2e-7))

check("an unknown model is 404", "404" in refusal(lambda: infer(inputs(True), name="nothing")))
check("an unknown version is 404", "no version '9'" in refusal(lambda: infer(inputs(True), model_version="9")))
check("a missing column is 400 by its name", "'age'" in refusal(lambda: infer(inputs(True)[1:])))
check("an unknown output is 400 by its name", "'other'" in refusal(lambda: infer(inputs(True), outputs=[triton.InferRequestedOutput("other")])))
short = triton.InferInput("year", [5], "INT32")
short.set_data_from_numpy(np.zeros(5, np.int32))
check("columns of different lengths are 400", "'year' has 5 rows" in refusal(lambda: infer([*inputs(True)[:3], short])))
