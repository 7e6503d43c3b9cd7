"""The official mlflow and plain HTTP, after MLflow's own live suites, on a server whose artifacts are in a folder: complete error
messages, sources of model versions, prompts, runs that try prompts, files by run and by version."""
import json
import os
import urllib.parse

import mlflow
import requests
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.exceptions import MlflowException

from facts import check

URI = os.environ["CAIRN_URL"]
mlflow.set_tracking_uri(URI)
client = MlflowClient()


def post(path, body, base="/api/2.0/mlflow/"):
    return requests.post(URI + base + path, json=body)


def refused(path, body, text):
    answer = post(path, body)
    return answer.status_code == 400 and text in answer.json()["message"]


experiment = mlflow.set_experiment("/official/contract").experiment_id
run = client.create_run(experiment)
run_id = run.info.run_id
files = run.info.artifact_uri
check("artifacts of runs are below the configured root", files.startswith("file://") and files.endswith(f"/{experiment}/{run_id}/artifacts"))

here = client.create_experiment("/official/relative", artifact_location="my_location")
check("a relative location is resolved against the server's folder", client.get_experiment(here).artifact_location.endswith("/my_location"))

check("a number is rejected as a name", refused("experiments/create", {"name": 123}, "Invalid value 123 for parameter 'name'"))
check("a decimal number is quoted unchanged", refused("experiments/create", {"name": "x", "artifact_location": 9.0}, "Invalid value 9.0 for parameter 'artifact_location'"))
check("a string is rejected as a list", refused("experiments/create", {"name": "x", "tags": "5"}, "Invalid value \"5\" for parameter 'tags'"))
point = {"run_id": run_id, "key": "k", "value": 1, "timestamp": 1}
check("a step must be a number", refused("runs/log-metric", {**point, "step": "foo"}, "Invalid value \"foo\" for parameter 'step' supplied"))
check("null counts as missing", refused("runs/log-metric", {**point, "run_id": None}, "Missing value for required parameter 'run_id'"))
check("a nested field is named with its path", refused("runs/log-batch", {"run_id": run_id, "metrics": [{"key": "mae", "value": 2.5}]}, "Missing value for required parameter 'metrics[0].timestamp'"))

for path, query in [
    ("/api/2.0/mlflow/artifacts/list", {"run_id": run_id}),
    ("/get-artifact", {"run_id": run_id}),
    ("//model-versions/get-artifact", {"name": "none", "version": 1}),
]:
    answer = requests.get(URI + path, params={**query, "path": "../path"})
    check(f"{path} rejects a path outside the run", answer.status_code == 400 and answer.json() == {"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid path"})
upload = requests.post(URI + "/ajax-api/2.0/mlflow/upload-artifact", params={"run_uuid": run_id, "path": "notes.txt"}, data="hello")
back = requests.get(URI + "/get-artifact", params={"run_uuid": run_id, "path": "notes.txt"})
check("a browser reads the file that it uploaded", upload.status_code == 200 and back.text == "hello")
check("the client lists the uploaded file", [f.path for f in client.list_artifacts(run_id)] == ["notes.txt"])

client.create_registered_model("contract")


def version_of(source, **more):
    return post("model-versions/create", {"name": "contract", "source": source, **more})


folder = urllib.parse.urlparse(files).path
for source in [files, f"{files}/model", f"{files}/.", f"{files}/model/..", folder, "mlflow-artifacts:/models/foo///bar", "mlflow-artifacts://host:9000/models/artifact/..../"]:
    check(f"a version is created from {source.replace(files, 'RUN').replace(folder, 'FOLDER')}", version_of(source, run_id=run_id).status_code == 200)
for source, more, text in [
    (files, {}, "To use a local path as a model version"),
    ("/tmp", {"run_id": run_id}, "To use a local path as a model version"),
    (f"{files}/../../other", {"run_id": run_id}, "To use a local path as a model version"),
    ("mlflow-artifacts://host:9000/models/..%2f..%2fartifacts", {"run_id": run_id}, "If supplying a source as an http, https,"),
    ("s3a://my_bucket/models/../../../", {"run_id": run_id}, "If supplying a source as an http, https,"),
    ("file://123.456.789.123/path", {"run_id": run_id}, "is not a valid remote uri"),
]:
    answer = version_of(source, **more)
    check(f"a version is not created from {source.replace(files, 'RUN')} with the fields {list(more)}", answer.status_code == 400 and text in answer.json()["message"])

model = client.create_logged_model(experiment)
for number in (8, 9):
    check("a version is created from a logged model", client.create_model_version("contract", model.artifact_location, model_id=model.model_id).version in (number, str(number)))
noted = client.get_logged_model(model.model_id).tags["mlflow.modelVersions"]
check("a logged model lists its versions", noted == '[{"name": "contract", "version": 8}, {"name": "contract", "version": 9}]')
client.log_metric(run_id, "metric", 0.5, timestamp=123456789, step=1, dataset_name="d", dataset_digest="x", model_id=model.model_id)
[metric] = client.get_logged_model(model.model_id).metrics
check("metrics of a logged model name run and data set", (metric.run_id, metric.dataset_name, metric.dataset_digest, metric.step) == (run_id, "d", "x", 1))

mlflow.genai.register_prompt(name="greeting", template="Hi {{name}}", commit_message="first")
mlflow.genai.register_prompt(name="greeting", template="Ho {{name}}")
mlflow.genai.set_prompt_alias("greeting", alias="live", version=2)
check("a prompt is loaded by version", mlflow.genai.load_prompt("prompts:/greeting/1").template == "Hi {{name}}")
check("a prompt is loaded by alias", mlflow.genai.load_prompt("prompts:/greeting@live").template == "Ho {{name}}")
check("a search of prompts omits models", [p.name for p in mlflow.genai.search_prompts()] == ["greeting"])
check("a search of models omits prompts", [m.name for m in client.search_registered_models()] == ["contract"])
check("a filtered search of models omits prompts", [m.name for m in client.search_registered_models("name LIKE '%t%'")] == ["contract"])

kept = post(
    "runs/create-promptlab-run",
    {
        "experiment_id": experiment,
        "prompt_template": "Like {{film}}?",
        "prompt_parameters": [{"key": "film", "value": "Heat"}],
        "model_route": "chat",
        "model_input": "Like Heat?",
        "model_output": "Collateral",
        "mlflow_version": "3.11.2",
    },
    "/ajax-api/2.0/mlflow/",
).json()["run"]
table = mlflow.load_table("eval_results_table.json", run_ids=[kept["info"]["run_id"]])
check("a run that tries a prompt has a table", table.to_dict("records") == [{"film": "Heat", "prompt": "Like Heat?", "output": "Collateral"}])
check("a run that tries a prompt has a model", mlflow.models.get_model_info(f"runs:/{kept['info']['run_id']}/model").signature.inputs.input_names() == ["film"])

client.log_batch(run_id, metrics=[Metric("long", float(i), i, i) for i in range(1000)])
pages, token = [], None
while True:
    page = requests.get(URI + "/ajax-api/2.0/mlflow/metrics/get-history", params={"run_id": run_id, "metric_key": "long", "max_results": 400, "page_token": token}).json()
    pages.append([m["step"] for m in page["metrics"]])
    token = page.get("next_page_token")
    if token is None:
        break
check("a metric history is paged", [len(p) for p in pages] == [400, 400, 200] and sum(pages, []) == list(range(1000)))
try:
    client.search_runs([experiment], max_results=123456789)
except MlflowException as error:
    check("the size of a page is limited", "Invalid value 123456789 for parameter 'max_results' supplied" in str(error))
history = post("runs/log-model", {"run_id": run_id, "model_json": json.dumps({"artifact_path": "m", "flavors": {}, "utc_time_created": "2026", "run_id": run_id})})
check("models of older clients are kept in a tag", history.status_code == 200 and json.loads(client.get_run(run_id).data.tags["mlflow.log-model.history"])[0]["artifact_path"] == "m")
