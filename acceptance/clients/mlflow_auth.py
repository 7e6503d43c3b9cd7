"""MLflow's own auth client on a server with MLFLOW_AUTH_CONFIG_PATH: get_app_client("basic-auth", …), of 3.11 and later."""
import os
import sys

import mlflow.server
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from facts import check
from signed_in import PASSWORD, admin, user

url = os.environ["CAIRN_URL"]
mlflow.set_tracking_uri(url)
client = mlflow.server.get_app_client("basic-auth", url)
names = iter(f"{sys.argv[1]}-{n}" for n in range(100))


def refused(call, *arguments, code, words="", **more):
    try:
        call(*arguments, **more)
    except MlflowException as error:
        return error.error_code == code and words in str(error)
    return False


def new_user():
    name = next(names)
    with admin():
        client.create_user(name, PASSWORD)
    return name


ada, bob = new_user(), new_user()
with admin():
    found = client.get_user(ada)
    check("a user is read", (found.username, found.is_admin, found.password_hash) == (ada, False, "REDACTED"))
    check("a taken name is refused", refused(client.create_user, ada, PASSWORD, code="RESOURCE_ALREADY_EXISTS"))
    check(
        "an unknown user is not found",
        refused(client.get_user, "nobody", code="RESOURCE_DOES_NOT_EXIST", words="User with username=nobody not found"),
    )
check(
    "whoever is not signed in is refused",
    refused(client.get_user, ada, code="UNAUTHENTICATED", words="You are not authenticated."),
)
with user(bob):
    for what, call in [
        ("creating users", lambda: client.create_user(next(names), PASSWORD)),
        ("reading others", lambda: client.get_user(ada)),
        ("changing passwords of others", lambda: client.update_user_password(ada, "four grey herons")),
        ("becoming an administrator", lambda: client.update_user_admin(bob, True)),
        ("deleting users", lambda: client.delete_user(ada)),
    ]:
        check(f"{what} is refused", refused(call, code="PERMISSION_DENIED", words="Permission denied"))
    check("users read their own account", client.get_user(bob).username == bob)
with admin():
    client.update_user_password(bob, "four grey herons")
with user(bob):
    check("an old password is refused", refused(client.get_user, bob, code="UNAUTHENTICATED"))
with user(bob, "four grey herons"):
    check("a new password is accepted", client.get_user(bob).username == bob)
with admin():
    client.update_user_password(bob, PASSWORD)
    client.update_user_admin(bob, True)
    check("a user becomes an administrator", client.get_user(bob).is_admin)
with user(bob):
    check("an administrator reads others", client.get_user(ada).username == ada)
with admin():
    client.update_user_admin(bob, False)
    check("an administrator loses the role", not client.get_user(bob).is_admin)

tracking = MlflowClient(url)
with user(ada):
    experiment_id = tracking.create_experiment(f"of {ada}")
    run_id = tracking.create_run(experiment_id).info.run_id
    model = f"model of {ada}"
    tracking.create_registered_model(model)


def may(level):
    """Whether bob's reads and writes of ada's experiment and model succeed exactly as far as the level allows."""
    rights = {
        "READ": [lambda: tracking.get_run(run_id), lambda: tracking.get_registered_model(model)],
        "EDIT": [
            lambda: tracking.log_metric(run_id, "m", 1.0),
            lambda: tracking.set_registered_model_tag(model, "k", "v"),
        ],
    }
    order = ["READ", "EDIT"]
    expected = order[: order.index(level) + 1] if level in order else order if level == "MANAGE" else []
    for name, calls in rights.items():
        for call in calls:
            try:
                call()
                worked = True
            except MlflowException as error:
                assert error.error_code in ("PERMISSION_DENIED", "RESOURCE_DOES_NOT_EXIST"), error
                worked = False
            if worked != (name in expected):
                return False
    return True


with user(bob):
    check("the default permission admits reading", may("READ"))
    listed = [one.experiment_id for one in tracking.search_experiments(filter_string=f"name = 'of {ada}'")]
    check("the default permission admits listing", listed == [experiment_id])

OLD = hasattr(client, "create_experiment_permission")
if OLD:
    pairs = [
        ("experiment_permission", {"experiment_id": experiment_id}),
        ("registered_model_permission", {"name": model}),
    ]

    def each(verb, **more):
        return [getattr(client, f"{verb}_{what}")(**key, username=bob, **more) for what, key in pairs]

    with user(bob):
        check("users cannot grant themselves permissions", refused(each, "create", permission="EDIT", code="PERMISSION_DENIED"))
    with user(ada):
        check("a missing permission is not found", refused(each, "get", code="RESOURCE_DOES_NOT_EXIST"))
        made = each("create", permission="READ")
        check("a permission is created", [one.permission for one in made] == ["READ", "READ"])
        check("a model permission names its workspace", made[1].workspace == "default")
        check("a second permission is rejected", refused(each, "create", permission="EDIT", code="RESOURCE_ALREADY_EXISTS"))
        check("an invalid permission is rejected", refused(each, "update", permission="ALL", code="INVALID_PARAMETER_VALUE"))
    for level in ["READ", "EDIT", "MANAGE", "NO_PERMISSIONS"]:
        with user(ada):
            each("update", permission=level)
            check(f"{level} is read back", [one.permission for one in each("get")] == [level, level])
        with user(bob):
            check(f"{level} is enforced", may(level))
    with user(bob):
        found = tracking.search_experiments(filter_string=f"name = 'of {ada}'")
        check("NO_PERMISSIONS hides the experiment from lists", not found)
    with user(ada):
        each("delete")
        check("a deleted permission is not found", refused(each, "delete", code="RESOURCE_DOES_NOT_EXIST"))
    with user(bob):
        check("the default applies again after the deletion", may("READ"))
    with admin():
        check(
            "permissions on scorers are refused",
            refused(client.create_scorer_permission, experiment_id, "s", bob, "READ", code="FEATURE_DISABLED"),
        )
        check(
            "permissions on secrets are refused",
            refused(client.create_gateway_secret_permission, "s", bob, "READ", code="FEATURE_DISABLED"),
        )
        check(
            "permissions on workspaces are refused",
            refused(client.list_workspace_permissions, "default", code="FEATURE_DISABLED"),
        )
else:
    resources = [("experiment", experiment_id), ("registered_model", model)]

    def each(verb, *more):
        return [getattr(client, f"{verb}_user_permission")(bob, *resource, *more) for resource in resources]

    with user(bob):
        check("users cannot grant themselves permissions", refused(each, "grant", "EDIT", code="PERMISSION_DENIED"))
        check("the default permission is returned", [one.permission for one in each("get")] == ["READ", "READ"])
    for level in ["READ", "EDIT", "MANAGE", "DENY"]:
        with user(ada):
            each("grant", level)
            check(f"a second {level} is refused", refused(each, "grant", level, code="RESOURCE_ALREADY_EXISTS"))
        with admin():
            told = each("get")
            check(f"{level} is returned", [one.permission for one in told] == [level, level])
            check(f"{level} is allowed or not", {one.allowed for one in told} == {level in ("EDIT", "MANAGE")})
        with user(bob):
            check(f"{level} is enforced", may(level))
        with user(ada):
            each("revoke")
            check(f"a revoked {level} is not found", refused(each, "revoke", code="RESOURCE_DOES_NOT_EXIST"))
    with admin():
        role = client.create_role("default", f"editors {bob}", "They edit")
        check("a role is created", (role.name, role.description) == (f"editors {bob}", "They edit"))
        for resource in resources:
            given = client.add_role_permission(role.id, *resource, "EDIT")
        check("a role permission is read back", given.permission == "EDIT")
        assignment = client.assign_role(bob, role.id)
        check("a role is assigned", assignment.role_id == role.id)
        check("the users of a role are listed", [a.id for a in client.list_role_users(role.id)] == [assignment.id])
        check("all roles are listed", role.id in [one.id for one in client.list_all_roles()])
    with user(bob):
        check("a role is enforced", may("EDIT"))
        check("users list their own roles", [one.id for one in client.list_user_roles(bob)] == [role.id])
        check("a role has several permissions", len(client.get_role(role.id).permissions) == 2)
    with admin():
        for permission in client.list_role_permissions(role.id):
            client.update_role_permission(permission.id, "READ")
    with user(bob):
        check("a changed role is enforced", may("READ"))
    with admin():
        for permission in client.list_role_permissions(role.id):
            client.remove_role_permission(permission.id)
        check("a role has no permissions left", client.list_role_permissions(role.id) == [])
        client.unassign_role(bob, role.id)
        check("a role is renamed", client.update_role(role.id, name=f"readers {bob}").name == f"readers {bob}")
        client.delete_role(role.id)
        check("a deleted role is not found", refused(client.get_role, role.id, code="RESOURCE_DOES_NOT_EXIST"))
        check(
            "permissions on secrets are refused",
            refused(
                client.grant_user_permission, bob, "gateway_secret", "s", "READ", code="INVALID_PARAMETER_VALUE"
            ),
        )
with admin():
    client.delete_user(bob)
    check("a deleted user is not found", refused(client.get_user, bob, code="RESOURCE_DOES_NOT_EXIST"))
    check("a user who owns objects is not deleted", refused(client.delete_user, ada, code="RESOURCE_CONFLICT"))
