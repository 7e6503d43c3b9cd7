import sys

import mlflow

mean = dbutils.jobs.taskValues.get(taskKey="prepare", key="mean")  # noqa: F821
with mlflow.start_run() as run:
    mlflow.log_param("rows", sys.argv[1])
    mlflow.log_metric("mean", mean)
print("logged run", run.info.run_id)
