"""A study of Optuna in one task: each of its trials is a child run. A retry or a repair resumes from the runs of earlier attempts."""
import os

import mlflow
import optuna
from optuna.distributions import FloatDistribution
from optuna.trial import create_trial

TRIALS = 10
X = FloatDistribution(-10, 10)


def objective(trial):
    x = trial.suggest_float("x", X.low, X.high)
    with mlflow.start_run(nested=True) as run:
        mlflow.log_param("x", x)
        loss = (x - 2) ** 2
        mlflow.log_metric("loss", loss)
    trial.set_user_attr("run", run.info.run_id)
    return loss


def search_runs(where):
    return mlflow.search_runs(filter_string=where, order_by=["attributes.start_time ASC"], output_format="list")


def earlier_parent():
    """The run of an earlier attempt of this task, which the server has ended."""
    job_run, task = os.environ.get("CAIRN_RUN_ID"), os.environ.get("CAIRN_TASK_KEY")
    if not job_run:
        return None
    runs = search_runs(f"tags.`cairn.job_run_id` = '{job_run}' AND tags.`search.task` = '{task}'")
    return runs[0].info.run_id if runs else None


def resume(study, parent):
    """Adds the finished trials of earlier attempts to the study."""
    for run in search_runs(f"tags.`mlflow.parentRunId` = '{parent}' AND attributes.status = 'FINISHED'"):
        x, loss = float(run.data.params["x"]), run.data.metrics["loss"]
        attributes = {"run": run.info.run_id}
        study.add_trial(create_trial(params={"x": x}, distributions={"x": X}, value=loss, user_attrs=attributes))
    # The seed of an earlier attempt would repeat its first trials.
    study.sampler = optuna.samplers.TPESampler(seed=1 + len(study.trials))


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study()
earlier = earlier_parent()
tags = {"search.task": os.environ.get("CAIRN_TASK_KEY", "")}
with mlflow.start_run(run_id=earlier) if earlier else mlflow.start_run(run_name="optuna", tags=tags) as parent:
    resume(study, parent.info.run_id)
    if study.trials:
        print(f"resumed after {len(study.trials)} trials")
    study.optimize(objective, n_trials=TRIALS - len(study.trials))
    mlflow.log_metric("loss", study.best_value)
    mlflow.set_tags({"cairn.best_run_id": study.best_trial.user_attrs["run"], "cairn.best.x": study.best_params["x"]})
print(f"the best of {len(study.trials)} trials is x = {study.best_params['x']:.2f}")
