"""The official mlflow reads artifacts and model versions of a server whose data folder may have moved."""
import os

import mlflow

from facts import check

mlflow.set_tracking_uri(os.environ["CAIRN_URL"])
client = mlflow.MlflowClient()
run = client.get_run(os.environ["CAIRN_RUN"])
folder = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="notes")
with open(os.path.join(folder, "a.txt")) as file:
    check("an artifact of a run is read", file.read() == "kept")
with open(mlflow.artifacts.download_artifacts(f"{run.info.artifact_uri}/notes/a.txt")) as file:
    check("an artifact is read by its URI", file.read() == "kept")
model = mlflow.artifacts.download_artifacts("models:/movies/1")
check("a model version is downloaded", os.path.exists(os.path.join(model, "MLmodel")))
source = client.get_model_version_download_uri("movies", "1")
check("the source of a version is not a path of the server", not source.startswith(("/", "file:")))
