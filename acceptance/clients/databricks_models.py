"""The official databricks-sdk: the calls of the workspace registry and of runs that MLflow's own API lacks."""
import os
import time

from databricks.sdk.errors import BadRequest, NotFound, PermissionDenied
from databricks.sdk.service.iam import PermissionLevel
from databricks.sdk.service.ml import ModelRegistryAPI, RegisteredModelAccessControlRequest, ViewType

from databricks_client import refused, workspace
from facts import check

w = workspace(os.environ["CAIRN_TOKEN"])
registry: ModelRegistryAPI = w.model_registry
service = w.service_principals.create(display_name="reader")
reading = workspace(w.token_management.create_obo_token(application_id=service.application_id, lifetime_seconds=600).token_value)

names = [f"films-{i}" for i in range(3)]
for name in names:
    registry.create_model(name=name, description="ranks films")
for _ in range(2):
    registry.create_model_version(name=names[0], source="s3://bucket/model")

model = registry.get_model(names[0]).registered_model_databricks
check("a model has an id and the level of the caller", model.id and model.permission_level.value == "CAN_MANAGE")
check("a model has its latest version", [one.version for one in model.latest_versions] == ["2"])
check("an unknown model is not found", refused(lambda: registry.get_model("absent"), NotFound))
check("all models are listed, page by page", {one.name for one in registry.list_models(max_results=2)} >= set(names))
check("a model is hidden from others", refused(lambda: reading.model_registry.get_model(names[0]), (NotFound, PermissionDenied)))
registry.update_permissions(
    model.id,
    access_control_list=[
        RegisteredModelAccessControlRequest(service_principal_name=service.application_id, permission_level=PermissionLevel.CAN_READ)
    ],
)
seen = reading.model_registry.get_model(names[0]).registered_model_databricks
check("the id grants a permission", seen.permission_level.value == "CAN_READ")
check("a list has only what may be read", [one.name for one in reading.model_registry.list_models()] == [names[0]])

for version in "12":
    moved = registry.transition_stage(names[0], version, "Production", archive_existing_versions=True)
    check(f"version {version} moves to a stage", moved.model_version_databricks.current_stage == "Production")
stages = {one.version: one.current_stage for one in registry.search_model_versions(filter=f"name='{names[0]}'")}
check("the earlier version is archived", stages == {"1": "Archived", "2": "Production"})
move = lambda client, **more: client.model_registry.transition_stage(names[0], "1", "Staging", False, **more)
check("a reader moves no version", refused(lambda: move(reading), PermissionDenied))
check("a comment is refused, because it is not stored", refused(lambda: move(w, comment="why"), BadRequest))

experiment = w.experiments.create_experiment(name="/bulk").experiment_id
for start_time in (10, 20, 30, 40):
    w.experiments.create_run(experiment_id=experiment, start_time=start_time)


def count(view):
    return len(list(w.experiments.search_runs(experiment_ids=[experiment], run_view_type=view)))


before = int(time.time() * 1000)
deleted = [w.experiments.delete_runs(experiment, 30, max_runs=2).runs_deleted for _ in range(3)]
check("runs are deleted until a time, some at once", deleted == [2, 1, 0])
check("the later run stays", count(ViewType.ACTIVE_ONLY) == 1)
check("others delete nothing", refused(lambda: reading.experiments.delete_runs(experiment, 50), (NotFound, PermissionDenied)))
check("runs deleted since a time are restored", w.experiments.restore_runs(experiment, before).runs_restored == 3)
check("no run is left deleted", count(ViewType.DELETED_ONLY) == 0)
