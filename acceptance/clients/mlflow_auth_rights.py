"""MLflow's auth clients on rights, after the upstream tests of its auth app: lists, artifacts, models and traces of other users."""
import os
import sys
import tempfile
import time

import mlflow
import mlflow.server
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from requests import HTTPError

from facts import check
from signed_in import PASSWORD, admin, user

url = os.environ["CAIRN_URL"]
mlflow.set_tracking_uri(url)
auth = mlflow.server.get_app_client("basic-auth", url)
client = MlflowClient(url)
suffix = sys.argv[1]


def refused(call, *arguments, **more):
    """Whether a call fails because the object is hidden or the caller lacks a right."""
    try:
        call(*arguments, **more)
    except MlflowException as error:
        by_client = "You may not have access" in str(error)  # then without an error code
        assert by_client or error.error_code in ("PERMISSION_DENIED", "RESOURCE_DOES_NOT_EXIST"), error
        return True
    except HTTPError as error:
        assert error.response.status_code in (403, 404), error
        return True
    return False


def upload(run_id, text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "note.txt")
        with open(path, "w") as file:
            file.write(text)
        client.log_artifact(run_id, path)


ada, bob = f"ada-{suffix}", f"bob-{suffix}"
with admin():
    for name in (ada, bob):
        auth.create_user(name, PASSWORD)

with user(ada):
    hidden = [client.create_experiment(f"{suffix} hidden {n}") for n in range(5)]
    shown = [client.create_experiment(f"{suffix} shown {n}") for n in range(5)]
    experiment = hidden[0]
    run = client.create_run(experiment).info.run_id
    client.log_batch(run, metrics=[Metric("m", 1.0, int(time.time() * 1000), 0)], params=[Param("p", "1")], tags=[RunTag("t", "ada's")])
    upload(run, "ada's")
    logged = client.create_logged_model(experiment, name="logged", source_run_id=run)
    trace = client.start_trace("asked", experiment_id=experiment)
    client.end_trace(trace.trace_id)
    mlflow.flush_trace_async_logging()
    models = [f"{suffix} model {n}" for n in range(6)]
    for model in models:
        client.create_registered_model(model)
    artifact_uri = client.get_run(run).info.artifact_uri
    client.create_model_version(models[0], f"{artifact_uri}/m", run)


OLD = hasattr(auth, "create_experiment_permission")


def set_permission(resource_type, key, permission):
    """Gives bob a permission on an object of ada. Since MLflow 3.17, NO_PERMISSIONS is named DENY."""
    if OLD:
        by_key = {"experiment_id": key} if resource_type == "experiment" else {"name": key}
        verb = getattr(auth, f"create_{resource_type}_permission")
        try:
            verb(**by_key, username=bob, permission=permission)
        except MlflowException:
            getattr(auth, f"update_{resource_type}_permission")(**by_key, username=bob, permission=permission)
        return
    try:
        auth.revoke_user_permission(bob, resource_type, key)
    except MlflowException:
        pass  # no permission exists yet
    auth.grant_user_permission(bob, resource_type, key, "DENY" if permission == "NO_PERMISSIONS" else permission)


with user(ada):
    for one in hidden:
        set_permission("experiment", one, "NO_PERMISSIONS")
    for model in models[:3]:
        set_permission("registered_model", model, "NO_PERMISSIONS")


def paged(search, **more):
    """Returns all results, read with one per page."""
    found, token = [], None
    while True:
        page = search(max_results=1, page_token=token, **more)
        found.extend(page)
        token = page.token
        if not token:
            return found


with user(bob):
    mine = f"name LIKE '{suffix} %'"
    listed = {one.experiment_id for one in client.search_experiments(filter_string=mine)}
    check("a search of experiments leaves out hidden ones", listed == set(shown))
    in_pages = {one.experiment_id for one in paged(client.search_experiments, filter_string=mine)}
    check("pages of experiments leave out hidden ones", in_pages == set(shown))
    found = {one.name for one in client.search_registered_models(filter_string=mine)}
    check("a search of models leaves out hidden ones", found == set(models[3:]))
    in_pages = {one.name for one in paged(client.search_registered_models, filter_string=mine)}
    check("pages of models leave out hidden ones", in_pages == set(models[3:]))
    check("runs of a hidden experiment are not found", client.search_runs([experiment, shown[0]]) == [])
    check("logged models of a hidden experiment are not found", list(client.search_logged_models([experiment])) == [])
    own_model = f"{bob} model"
    client.create_registered_model(own_model)
    own_run = client.create_run(client.create_experiment(f"{bob} experiment")).info.run_id
    own_source = f"{client.get_run(own_run).info.artifact_uri}/m"
    check("users create versions from their own runs", client.create_model_version(own_model, own_source, own_run).version in (1, "1"))
    for what, call in {
        "reading it": lambda: client.get_experiment(experiment),
        "renaming it": lambda: client.rename_experiment(experiment, "mine"),
        "deleting it": lambda: client.delete_experiment(experiment),
        "tagging it": lambda: client.set_experiment_tag(experiment, "k", "v"),
        "creating a run in it": lambda: client.create_run(experiment),
        "reading its run": lambda: client.get_run(run),
        "reading its metrics": lambda: client.get_metric_history(run, "m"),
        "logging a metric": lambda: client.log_metric(run, "m", 2.0),
        "logging a parameter": lambda: client.log_param(run, "q", "2"),
        "logging a batch": lambda: client.log_batch(run, tags=[RunTag("k", "v")]),
        "tagging its run": lambda: client.set_tag(run, "k", "v"),
        "deleting a tag of its run": lambda: client.delete_tag(run, "t"),
        "deleting its run": lambda: client.delete_run(run),
        "ending its run": lambda: client.set_terminated(run),
        "listing its artifacts": lambda: client.list_artifacts(run),
        "reading its artifacts": lambda: mlflow.artifacts.load_text(f"{artifact_uri}/note.txt"),
        "writing its artifacts": lambda: upload(run, "bob's"),
        "reading its logged model": lambda: client.get_logged_model(logged.model_id),
        "tagging its logged model": lambda: client.set_logged_model_tags(logged.model_id, {"k": "v"}),
        "deleting its logged model": lambda: client.delete_logged_model(logged.model_id),
        "logging a model to it": lambda: client.create_logged_model(experiment, name="x"),
        "reading its trace": lambda: client.get_trace(trace.trace_id),
        "tagging its trace": lambda: client.set_trace_tag(trace.trace_id, "k", "v"),
        "deleting its traces": lambda: client.delete_traces(experiment, trace_ids=[trace.trace_id]),
        "reading a hidden model": lambda: client.get_registered_model(models[0]),
        "renaming it as a model": lambda: client.rename_registered_model(models[0], "mine"),
        "deleting the model": lambda: client.delete_registered_model(models[0]),
        "creating a version of it": lambda: client.create_model_version(models[0], own_source, own_run),
        "setting an alias of it": lambda: client.set_registered_model_alias(models[0], "champion", "1"),
        "its run as a source of an own model": lambda: client.create_model_version(own_model, f"{artifact_uri}/m", run),
        "changing a model with the default": lambda: client.update_registered_model(models[3], "theirs"),
    }.items():
        check(f"{what} is refused", refused(call))

with user(ada):
    tags = client.get_run(run).data.tags
    check("nothing was written", tags.get("k") is None and tags["t"] == "ada's")
    check("the model has no alias", client.get_registered_model(models[0]).aliases == {})
    check("the model has no other version", [str(one.version) for one in client.search_model_versions(f"name='{models[0]}'")] == ["1"])
    check("the artifact is unchanged", mlflow.artifacts.load_text(f"{artifact_uri}/note.txt") == "ada's")
    check("the metric is unchanged", [one.value for one in client.get_metric_history(run, "m")] == [1.0])
    set_permission("experiment", experiment, "READ")

with user(bob):
    check("READ shows the run", client.get_run(run).data.params == {"p": "1"})
    check("READ shows the artifacts", [one.path for one in client.list_artifacts(run)] == ["note.txt"])
    check("READ shows the logged model", client.get_logged_model(logged.model_id).name == "logged")
    check("READ shows the trace", client.get_trace(trace.trace_id).info.trace_id == trace.trace_id)
    check("READ does not allow writing artifacts", refused(upload, run, "bob's"))
    check("READ does not allow logging", refused(client.log_metric, run, "m", 2.0))
    check("READ does not allow deleting traces", refused(client.delete_traces, experiment, trace_ids=[trace.trace_id]))
with user(ada):
    set_permission("experiment", experiment, "EDIT")
with user(bob):
    client.log_metric(run, "m", 3.0, step=1)
    upload(run, "bob's")
    check("EDIT allows logging", [one.value for one in client.get_metric_history(run, "m")] == [1.0, 3.0])
    check("EDIT allows writing artifacts", mlflow.artifacts.load_text(f"{artifact_uri}/note.txt") == "bob's")
    check("EDIT does not allow deleting the experiment", refused(client.delete_experiment, experiment))
with user(ada):
    set_permission("experiment", experiment, "MANAGE")
with user(bob):
    client.delete_experiment(experiment)
    check("MANAGE allows deleting the experiment", client.get_experiment(experiment).lifecycle_stage == "deleted")
    own = client.create_experiment(f"{suffix} own")
    client.delete_experiment(own)
    client.restore_experiment(own)
    check("users delete and restore their own experiments", client.get_experiment(own).lifecycle_stage == "active")
with user(ada):
    check("others read an experiment by default", client.get_experiment(own).name == f"{suffix} own")
    check("others cannot delete an experiment", refused(client.delete_experiment, own))
