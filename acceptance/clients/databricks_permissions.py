"""The official databricks-sdk: permissions on experiments, models, jobs and endpoints, and the identities that hold them."""
import os
import uuid

from databricks.sdk.errors import NotFound, PermissionDenied
from databricks.sdk.service.iam import AccessControlRequest, ComplexValue, PermissionLevel

from databricks_client import refused, workspace
from facts import check

SUFFIX = uuid.uuid4().hex[:8]

w = workspace(os.environ["CAIRN_TOKEN"])
user = w.users.create(user_name=f"{SUFFIX}@example.org", display_name="Reader")
service = w.service_principals.create(display_name=f"reader-{SUFFIX}")
team = w.groups.create(display_name=f"readers-{SUFFIX}", members=[ComplexValue(value=service.id)])
reading = workspace(w.token_management.create_obo_token(application_id=service.application_id, lifetime_seconds=600).token_value)
me = w.current_user.me().user_name
check("a user is found", [u.id for u in w.users.list(filter=f'userName eq "{user.user_name}"')] == [user.id])
check("a group has its member", [m.value for m in w.groups.get(team.id).members] == [service.id])
check("a service principal is read", w.service_principals.get(service.id).application_id == service.application_id)

experiment = w.experiments.create_experiment(name=f"/permissions-{SUFFIX}").experiment_id
model = w.model_registry.create_model(name=f"model-{SUFFIX}").registered_model.name
version = w.model_registry.create_model_version(model, f"mlflow-artifacts:/{experiment}/model").model_version.version
job = str(
    w.api_client.do(
        "POST",
        "/api/2.2/jobs/create",
        body={"name": f"job-{SUFFIX}", "tasks": [{"task_key": "a", "node_task": {"entry": "movielens/import", "parameters": {"schema": "main.s"}}}]},
    )["job_id"]
)
endpoint = w.api_client.do(
    "POST",
    "/api/2.0/serving-endpoints",
    body={"name": f"endpoint-{SUFFIX}", "config": {"served_entities": [{"entity_name": model, "entity_version": version}]}},
)["id"]


READ, MANAGE = PermissionLevel.CAN_READ, PermissionLevel.CAN_MANAGE
VIEW, RUN, QUERY = PermissionLevel.CAN_VIEW, PermissionLevel.CAN_MANAGE_RUN, PermissionLevel.CAN_QUERY
OBJECTS = {
    "experiments": (experiment, READ, PermissionLevel.CAN_EDIT, lambda c: c.experiments.get_experiment(experiment)),
    "registered-models": (model, READ, PermissionLevel.CAN_EDIT, lambda c: c.model_registry.get_model(model)),
    "jobs": (job, VIEW, RUN, lambda c: c.jobs.get(int(job))),
    "serving-endpoints": (endpoint, VIEW, QUERY, lambda c: c.serving_endpoints.get(f"endpoint-{SUFFIX}")),
}


def levels_of(permissions):
    """Returns levels by principal, without principals such as administrators whose levels are all inherited."""
    named = {}
    for entry in permissions.access_control_list:
        who = entry.user_name or entry.group_name or entry.service_principal_name
        direct = [one.permission_level for one in entry.all_permissions if not one.inherited]
        if direct:
            named[who] = direct
    return named


for kind, (id, low, high, read) in OBJECTS.items():
    offered = [one.permission_level for one in w.permissions.get_permission_levels(kind, id).permission_levels]
    check(f"{kind}: levels are offered", low in offered and high in offered and MANAGE in offered)
    before = w.permissions.get(kind, id)
    check(f"{kind}: the owner is listed", list(levels_of(before)) == [me] and before.object_id.startswith(f"/{kind}/"))
    inherited = [e.group_name for e in before.access_control_list if any(one.inherited for one in e.all_permissions)]
    check(f"{kind}: administrators inherit a level", inherited == ["workspace admins"])
    check(f"{kind}: a principal without rights is rejected", refused(lambda: read(reading), (NotFound, PermissionDenied)))
    given = w.permissions.update(
        kind, id, access_control_list=[AccessControlRequest(group_name=team.display_name, permission_level=low)]
    )
    check(f"{kind}: a group gets a level", levels_of(given)[team.display_name] == [low])
    if low is not QUERY:
        check(f"{kind}: a member of the group reads", read(reading) is not None)
    check(
        f"{kind}: a reader may not grant",
        refused(
            lambda: reading.permissions.update(
                kind, id, access_control_list=[AccessControlRequest(user_name=user.user_name, permission_level=low)]
            ),
            PermissionDenied,
        ),
    )
    replaced = w.permissions.set(
        kind, id, access_control_list=[AccessControlRequest(user_name=user.user_name, permission_level=high)]
    )
    check(f"{kind}: set replaces all but the owner", set(levels_of(replaced)) == {me, user.user_name})
    check(f"{kind}: the level is read back", levels_of(w.permissions.get(kind, id))[user.user_name] == [high])
    check(f"{kind}: the group loses access at once", refused(lambda: read(reading), (NotFound, PermissionDenied)))

token = w.tokens.create(comment="laptop", lifetime_seconds=600)
check("a token is listed", token.token_info.token_id in [t.token_id for t in w.tokens.list()])
managed = [t for t in w.token_management.list(created_by_username=service.application_id)]
check("an administrator lists the tokens of others", len(managed) == 1)
w.token_management.delete(managed[0].token_id)
check("an administrator revokes the tokens of others", refused(lambda: reading.current_user.me(), Exception))

w.groups.delete(team.id)
left = levels_of(w.permissions.get("experiments", experiment))
check("a deleted group has no permissions", team.display_name not in left)
for delete, one in ((w.service_principals, service), (w.users, user)):
    delete.delete(one.id)
check("a deleted user has no permissions", list(levels_of(w.permissions.get("jobs", job))) == [me])
