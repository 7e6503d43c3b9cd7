"""Fills an MLflow store with objects of every kind through the official client. Usage: fill.py TRACKING_URI"""

import math
import os
import pathlib
import sys
import tempfile
import warnings

from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    Param,
    RunTag,
)

import tracing

warnings.simplefilter("ignore")
uri = sys.argv[1]
client = MlflowClient(uri, uri)
START = 1_700_000_000_000


def a_run(experiment: str, number: int) -> str:
    tags = {"k": f"v{number}", "mlflow.user": "ann"}
    run = client.create_run(experiment, start_time=START + number, run_name=f"run {number}", tags=tags).info.run_id
    losses = [Metric("loss", 1.0 / (step + 1), START + step, step) for step in range(700)]
    odd = [
        Metric("a/b", 0.1 + 0.2, 5, 0),
        Metric("nan", math.nan, 6, 1),
        Metric("inf", math.inf, 7, -2),
        Metric("ninf", -math.inf, 7, 2),
    ]
    params = [Param("lr", "0.1"), Param("sub/p", "x" * 500), Param("blank", " ")]
    client.log_batch(run, losses + odd, params, [RunTag("long", "y" * 4000), RunTag("dir/tag", "multi\nline")])
    client.log_metric(run, "loss", 0.5, timestamp=START + 5, step=5)
    data = Dataset(f"ds{number}", "abc123", "local", '{"uri": "x.csv"}', schema='{"a": 1}', profile='{"n": 3}')
    client.log_inputs(run, datasets=[DatasetInput(data, [InputTag("mlflow.data.context", "training")])])
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "sub").mkdir()
        (root / "sub" / "a b.txt").write_text("hello")
        (root / "ü.bin").write_bytes(os.urandom(100_000))
        (root / "empty").write_bytes(b"")
        client.log_artifacts(run, folder, "files")
    if number % 3 != 2:
        client.set_terminated(run, "FINISHED" if number % 3 == 0 else "FAILED", end_time=START + 9_000)
    return run


def a_model(experiment: str, run: str) -> str:
    model = client.create_logged_model(
        experiment, name="als", source_run_id=run, tags={"mt": "mv"}, params={"depth": "3"}, model_type="recommender"
    )
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "MLmodel").write_text("flavors: {}\n")
        client.log_model_artifacts(model.model_id, folder)
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run, [LoggedModelOutput(model.model_id, 3)])
    client.log_metric(run, "auc", 0.9, timestamp=123, step=0, model_id=model.model_id)
    return model.model_id


runs: list[str] = []
models: list[str] = []
for name in ["movies/als", "Größe/日本", "gone"]:
    experiment = client.create_experiment(name, tags={"team": name, "mlflow.note.content": 'a\nb "ü"'})
    runs += [a_run(experiment, len(runs) + i) for i in range(3)]
    models.append(a_model(experiment, runs[-1]))
client.log_inputs(runs[0], models=[LoggedModelInput(models[0])])
first = client.get_experiment_by_name("movies/als").experiment_id
tracing.fill(uri, client, first, runs)
client.delete_run(runs[1])
client.delete_experiment(experiment)

client.create_registered_model("movies", tags={"owner": "ann"}, description="the model")
for number, run in enumerate([runs[0], runs[2], runs[3], runs[4]]):
    model = models[0] if number == 2 else None
    source = f"models:/{model}" if model else client.get_run(run).info.artifact_uri + "/files"
    about = {"tags": {"v": str(number)}, "description": f"version {number}"}
    client.create_model_version("movies", source, run, model_id=model, **about)
client.delete_model_version("movies", "2")
client.transition_model_version_stage("movies", "1", "Production")
client.transition_model_version_stage("movies", "3", "Staging")
client.set_registered_model_alias("movies", "champion", "1")
client.set_registered_model_alias("movies", "next", "4")
client.create_registered_model("empty")
print("ok filled")
