"""Reads two MLflow stores through the official client and prints their differences. Usage: compare.py URI URI"""

import hashlib
import json
import math
import pathlib
import sys
import tempfile

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException

LARGEST = sys.float_info.max


def number(value: float) -> str:
    """Formats a value as databases store it: infinities become the largest doubles."""
    return "nan" if math.isnan(value) else str(max(-LARGEST, min(LARGEST, value)))


def files_of(client: MlflowClient, run: str) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(client.download_artifacts(run, "", folder))
        found = [path for path in sorted(root.rglob("*")) if path.is_file()]
        return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def history(client: MlflowClient, run: str, key: str) -> list:
    return sorted({(number(m.value), m.timestamp, m.step) for m in client.get_metric_history(run, key)})


def run_of(client: MlflowClient, run_id: str, is_active: bool) -> dict:
    run = client.get_run(run_id)
    inputs = [
        [d.dataset.name, d.dataset.digest, d.dataset.source, d.dataset.schema, d.dataset.profile, str(d.tags)]
        for d in run.inputs.dataset_inputs
    ]
    info = run.info
    return {
        "info": [info.run_name, info.user_id, info.status, info.start_time, info.end_time, info.lifecycle_stage],
        "params": dict(run.data.params),
        "tags": dict(run.data.tags),
        "last": {key: number(value) for key, value in run.data.metrics.items()},
        "history": {key: history(client, run_id, key) for key in run.data.metrics},
        "data": sorted(json.dumps(one) for one in inputs),
        "models in": sorted(one.model_id for one in run.inputs.model_inputs),
        "models out": sorted((one.model_id, one.step) for one in run.outputs.model_outputs),
        "files": files_of(client, run_id) if is_active else None,
    }


def model_of(model) -> dict:
    metrics = sorted((m.key, m.value, m.timestamp, m.step, m.run_id) for m in model.metrics or [])
    return {
        "about": [model.name, model.model_type, str(model.status), model.source_run_id, model.creation_timestamp],
        "held": [dict(model.tags), dict(model.params), metrics],
    }


OWN = {"mlflow.artifactLocation", "mlflow.trace.spansLocation"}


def trace_of(client: MlflowClient, info) -> dict:
    about = info.to_dict()
    tags = {key: value for key, value in about.pop("tags").items() if key not in OWN}
    judged = sorted(about.pop("assessments", []), key=lambda one: one["assessment_id"])
    for one in judged:
        if "expectation" in one:
            one.pop("valid", None)  # the client does not read it from servers
    del about["trace_location"]
    try:
        trace = client.get_trace(info.trace_id)
        spans = sorted((span.to_dict() for span in trace.data.spans), key=lambda span: span["span_id"])
    except MlflowException:
        spans = None
    return {"about": about, "tags": tags, "assessments": judged, "spans": spans}


def traces_of(client: MlflowClient, experiment: str) -> dict:
    def search(text: str | None = None, include_spans: bool = False) -> list:
        return client.search_traces(locations=[experiment], filter_string=text, include_spans=include_spans)

    runs = [run.info.run_id for run in client.search_runs([experiment])]
    filters = [f"run_id = '{run}'" for run in runs] + ["tags.kind = 'judged'", "prompt = 'question/1'"]
    found = {text: sorted(one.info.trace_id for one in search(text)) for text in filters}
    whole = {f"trace {one.info.trace_id}": trace_of(client, one.info) for one in search()}
    found["with spans"] = {one.info.trace_id: len(one.data.spans) for one in search(include_spans=True)}
    return {**whole, f"traces of {client.get_experiment(experiment).name}": found}


def registered(client: MlflowClient, model) -> dict:
    versions = [client.get_model_version(model.name, v.version) for v in client.search_model_versions(f"name='{model.name}'")]
    return {
        "about": [model.description or "", model.tags, model.creation_timestamp, model.last_updated_timestamp],
        "aliases": {alias: int(version) for alias, version in model.aliases.items()},
        "versions": sorted(
            [int(v.version), v.current_stage, v.description or "", v.run_id, v.creation_timestamp]
            + [v.last_updated_timestamp, dict(v.tags), sorted(v.aliases)]
            for v in versions
        ),
    }


def world(uri: str) -> dict:
    mlflow.set_tracking_uri(uri)
    client = MlflowClient(uri, uri)
    found = {}
    for experiment in client.search_experiments(view_type=ViewType.ALL):
        tags = {key: value for key, value in experiment.tags.items() if not key.startswith("cairn.import.")}
        found[f"experiment {experiment.name}"] = {"about": [experiment.lifecycle_stage, tags]}
        for run in client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL):
            is_active = run.info.lifecycle_stage == experiment.lifecycle_stage == "active"
            found[f"run {run.info.run_id}"] = run_of(client, run.info.run_id, is_active)
        if experiment.lifecycle_stage == "active":
            for model in client.search_logged_models([experiment.experiment_id]):
                found[f"model {model.model_id}"] = model_of(model)
            found |= traces_of(client, experiment.experiment_id)
    for model in client.search_registered_models():
        found[f"registered {model.name}"] = registered(client, model)
    return found


one, other = world(sys.argv[1]), world(sys.argv[2])
different = [
    (name, part)
    for name in sorted(one.keys() | other.keys())
    for part in sorted(one.get(name, {}).keys() | other.get(name, {}).keys())
    if one.get(name, {}).get(part) != other.get(name, {}).get(part)
]
for name, part in different:
    print("DIFFERENT", name, part, str(one.get(name, {}).get(part))[:300], "|", str(other.get(name, {}).get(part))[:300])
print("same" if not different else "different", len(one))
