"""The official mlflow, unmodified, with nothing but a URI: runs, batches, artifacts, data set, logged model, registry."""
import json
import math
import os
import tempfile

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

from facts import check

URI = os.environ["CAIRN_URL"]
mlflow.set_tracking_uri(URI)
client = MlflowClient()


class Doubler(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [2 * x for x in model_input["x"]]


experiment = mlflow.set_experiment("/official/fluent")
check("an experiment is created and found by name", client.get_experiment_by_name("/official/fluent").experiment_id == experiment.experiment_id)

frame = pd.DataFrame({"user": [1, 2, 3], "item": [10, 20, 30], "rating": [4.0, 3.5, 5.0]})
with mlflow.start_run(run_name="parent", tags={"team": "modelling"}) as parent:
    mlflow.log_params({"d": 64, "lambda": 0.003})
    mlflow.log_metric("loss", 0.5, step=0)
    mlflow.log_metrics({"loss": 0.25, "ndcg_at_10": 0.148}, step=1)
    mlflow.log_metric("broken", math.nan)
    mlflow.log_metric("endless", math.inf)
    mlflow.log_input(mlflow.data.from_pandas(frame, name="ratings"), context="training")
    mlflow.log_dict({"k": 10}, "config/eval.json")
    mlflow.log_text("영화", "notes/한글 이름.txt")
    mlflow.log_table({"film": ["Heat", "Alien"], "score": [0.9, 0.8]}, "top.json")
    with mlflow.start_run(run_name="child", nested=True) as child:
        client.log_batch(
            child.info.run_id,
            metrics=[Metric(f"m{i}", i / 7, 1_700_000_000_000 + i, i) for i in range(1000)],
        )
        client.log_batch(child.info.run_id, params=[Param(f"p{i}", str(i)) for i in range(100)], tags=[RunTag(f"t{i}", str(i)) for i in range(100)])

run = client.get_run(parent.info.run_id)
check("a run ends FINISHED", run.info.status == "FINISHED")
check("the latest value of a metric is that of the last step", run.data.metrics["loss"] == 0.25)
check("NaN is kept", math.isnan(run.data.metrics["broken"]))
check("infinity is kept as the largest double", run.data.metrics["endless"] == 1.7976931348623157e308)
check("history is in order", [m.value for m in client.get_metric_history(parent.info.run_id, "loss")] == [0.5, 0.25])
check("the data set is an input with its digest", run.inputs.dataset_inputs[0].dataset.name == "ratings" and run.inputs.dataset_inputs[0].dataset.digest)
nested = client.get_run(child.info.run_id)
check("a nested run names its parent", nested.data.tags["mlflow.parentRunId"] == parent.info.run_id)
check("a thousand metrics and a hundred parameters arrive in batches", len(nested.data.metrics) == 1000 and len(nested.data.params) == 100)

with tempfile.TemporaryDirectory() as folder:
    path = mlflow.artifacts.download_artifacts(run_id=parent.info.run_id, dst_path=folder)
    check("artifacts are unchanged after a download", json.load(open(os.path.join(path, "config/eval.json"))) == {"k": 10})
    check("artifacts may have Korean names", open(os.path.join(path, "notes/한글 이름.txt"), encoding="utf-8").read() == "영화")
check("artifacts are listed", sorted(f.path for f in client.list_artifacts(parent.info.run_id)) == ["config", "notes", "top.json"])
check("a table is read back", list(mlflow.load_table("top.json", run_ids=[parent.info.run_id])["film"]) == ["Heat", "Alien"])

found = mlflow.search_runs(experiment_names=["/official/fluent"], filter_string="metrics.ndcg_at_10 > 0.1 AND params.d = '64' AND tags.team = 'modelling'")
check("runs are found by metric, parameter and tag", list(found["run_id"]) == [parent.info.run_id])
ordered = client.search_runs([experiment.experiment_id], order_by=["metrics.loss ASC", "attributes.start_time DESC"])
check("runs without the metric come last", [r.info.run_id for r in ordered] == [parent.info.run_id, child.info.run_id])

with mlflow.start_run(run_name="model"):
    logged = mlflow.pyfunc.log_model(name="doubler", python_model=Doubler(), input_example=pd.DataFrame({"x": [1.0, 2.0]}), pip_requirements=[])
check("a logged model is READY", str(mlflow.get_logged_model(logged.model_id).status).endswith("READY"))
version = mlflow.register_model(f"models:/{logged.model_id}", "official-doubler")
check("the first version has number 1", int(version.version) == 1)
client.set_registered_model_alias("official-doubler", "champion", version.version)
client.set_model_version_tag("official-doubler", version.version, "checked", "yes")
check("an alias leads to its version", client.get_model_version_by_alias("official-doubler", "champion").tags["checked"] == "yes")
files = mlflow.get_logged_model(logged.model_id).artifact_location
second = client.create_model_version("official-doubler", files, run_id=logged.run_id, model_id=logged.model_id)
check("a version may name its files and its logged model", second.version in ("2", 2) and second.source == files)
client.delete_model_version("official-doubler", second.version)
loaded = mlflow.pyfunc.load_model("models:/official-doubler@champion")
check("a downloaded model predicts", list(loaded.predict(pd.DataFrame({"x": [3.0]}))) == [6.0])

client.transition_model_version_stage("official-doubler", version.version, "Production") if hasattr(client, "transition_model_version_stage") else None
check("versions are found", [v.version for v in client.search_model_versions("name = 'official-doubler'")] in (["1"], [1]))

client.delete_run(child.info.run_id)
check("a deleted run is not listed", child.info.run_id not in [r.info.run_id for r in client.search_runs([experiment.experiment_id])])
client.restore_run(child.info.run_id)
check("a restored run is listed", child.info.run_id in [r.info.run_id for r in client.search_runs([experiment.experiment_id])])

try:
    client.log_param(parent.info.run_id, "d", "128")
    check("a parameter does not change", False)
except mlflow.exceptions.MlflowException as error:
    check("the error names the parameter that does not change", "Changing param values is not allowed" in str(error))
