"""Logs a run, its parameters, a metric curve and a file with the official mlflow, and registers a version.

pip install mlflow-skinny
python examples/log_run.py
"""

import os

import mlflow
from mlflow import MlflowClient

mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000"))
mlflow.set_experiment("examples")

with mlflow.start_run(run_name="als-64") as run:
    mlflow.log_params({"factors": 64, "regularization": 0.1})
    for epoch in range(10):
        mlflow.log_metric("loss", 1 / (epoch + 1), step=epoch)
    mlflow.log_metrics({"precision_at_10": 0.0097, "recall_at_10": 0.0974})
    mlflow.log_dict({"split": "loo.v1"}, "evaluation.json")

client = MlflowClient()
if not client.search_registered_models("name = 'examples'"):
    client.create_registered_model("examples")
version = client.create_model_version("examples", f"runs:/{run.info.run_id}/model", run.info.run_id)
client.set_registered_model_alias("examples", "candidate", version.version)
print(f"run {run.info.run_id}, version {version.version} of the model 'examples'")
