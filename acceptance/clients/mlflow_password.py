"""The official mlflow with MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."""
import os

import mlflow
from mlflow.exceptions import MlflowException

from facts import check

mlflow.set_tracking_uri(os.environ["CAIRN_URL"])
mlflow.set_experiment("by-password")
with mlflow.start_run() as run:
    mlflow.log_metric("loss", 0.5)
    mlflow.log_text("artifact", "note.txt")
check("a run is logged", mlflow.get_run(run.info.run_id).data.metrics == {"loss": 0.5})
check("an artifact is downloaded", mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/note.txt") == "artifact")
os.environ["MLFLOW_TRACKING_PASSWORD"] = "wrong"
try:
    mlflow.get_run(run.info.run_id)
    check("a wrong password is refused", False)
except MlflowException as error:
    check("a wrong password is refused", "password is wrong" in str(error))
