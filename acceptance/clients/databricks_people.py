"""databricks-sdk on users, groups, service principals, tokens and permissions, as an administrator, a member and a reader."""
import os

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import iam

from facts import check

url, token = os.environ["CAIRN_URL"], os.environ["CAIRN_TOKEN"]
w = WorkspaceClient(host=url, token=token)
Value, Patch, Op = iam.ComplexValue, iam.Patch, iam.PatchOp


def refused(call, *codes):
    """Whether a call, or reading the list that it returns, fails with one of the codes and a message in plain words."""
    try:
        answer = call()
        if hasattr(answer, "__next__"):
            list(answer)
    except DatabricksError as error:
        assert error.error_code in codes and str(error) and "<html" not in str(error).lower(), (error.error_code, error)
        return True
    return False


def new_user(user_name, **more):
    return w.users.create(user_name=user_name, **more)


# Users: each parameter of each method
ada = new_user(
    "ada@example.org",
    display_name="Zora",
    active=True,
    emails=[Value(value="ada@example.org", primary=True)],
    name=iam.Name(given_name="Ada"),
    external_id="e1",
    entitlements=[Value(value="workspace-access")],
    schemas=[iam.UserSchema.URN_IETF_PARAMS_SCIM_SCHEMAS_CORE_2_0_USER],
)
check("a user is created", (ada.user_name, ada.display_name, ada.external_id) == ("ada@example.org", "Zora", "e1"))
check("a taken name is refused", refused(lambda: new_user("ada@example.org"), "SCIM_409", "RESOURCE_ALREADY_EXISTS", "SCIM_400"))
bob = new_user("bob@example.org", display_name="Bea")
names = lambda **more: [one.user_name for one in w.users.list(**more) if one.user_name and "@" in one.user_name]
both = ["ada@example.org", "bob@example.org"]
check("users are listed by name", names() == both)
check("pages of one user have all", names(count=1) == both)
check("users are sorted", names(sort_by="displayName") == both[::-1])
check("users are sorted downwards", names(sort_by="userName", sort_order=iam.ListSortOrder.DESCENDING) == both[::-1])
check("matches of a filter are sorted", names(filter='userName co "example.org"', sort_by="displayName") == both[::-1])
check("an unknown order is rejected", refused(lambda: w.users.list(sort_by="shoeSize"), "SCIM_400"))
check("a bad filter is rejected", refused(lambda: w.users.list(filter="(("), "SCIM_400"))
[slim] = w.users.list(filter='userName eq "ada@example.org"', attributes="userName")
check("attributes are selected", (slim.user_name, slim.display_name, bool(slim.id)) == ("ada@example.org", None, True))
[slim] = w.users.list(filter='userName eq "ada@example.org"', excluded_attributes="emails,displayName")
check("attributes are left out", (slim.user_name, slim.display_name, not slim.emails) == ("ada@example.org", None, True))
check("a user is read", w.users.get(ada.id).emails[0].value == "ada@example.org")
check("attributes of one user are selected", w.users.get(ada.id, attributes="userName").display_name is None)
check("an unknown user is not found", refused(lambda: w.users.get("none"), "SCIM_404"))
schema = [iam.PatchSchema.URN_IETF_PARAMS_SCIM_API_MESSAGES_2_0_PATCH_OP]
w.users.patch(ada.id, operations=[Patch(op=Op.REPLACE, path="displayName", value="Ada")], schemas=schema)
check("a user is patched", w.users.get(ada.id).display_name == "Ada")
w.users.patch(ada.id, operations=[Patch(op=Op.REPLACE, value={"active": False})])
check("a user is deactivated", not w.users.get(ada.id).active)
check("an unknown path is rejected", refused(lambda: w.users.patch(ada.id, operations=[Patch(op=Op.REPLACE, path="shoeSize", value="1")]), "SCIM_400"))
w.users.update(ada.id, user_name="ada@example.org", display_name="Ada L.", active=True, external_id="e2", emails=[Value(value="ada@example.org")])
check("a user is replaced", (w.users.get(ada.id).display_name, w.users.get(ada.id).external_id) == ("Ada L.", "e2"))
me = w.current_user.me()
check("the caller is returned", me.user_name == "owner" and me.display_name)
check("the workspace has a number", w.get_workspace_id() == 1)
check("attributes of the caller are selected", w.current_user.me(attributes="userName").display_name is None)
check("attributes of the caller are left out", w.current_user.me(excluded_attributes="displayName").display_name is None)

# Groups
team = w.groups.create(display_name="team", external_id="g1", members=[Value(value=ada.id)])
check("a group has members", [one.value for one in w.groups.get(team.id).members] == [ada.id])
w.groups.patch(team.id, operations=[Patch(op=Op.ADD, value={"members": [{"value": bob.id}]})], schemas=schema)
w.groups.patch(team.id, operations=[Patch(op=Op.REMOVE, path=f'members[value eq "{ada.id}"]')])
check("members join and leave", [one.value for one in w.groups.get(team.id).members] == [bob.id])
w.groups.update(team.id, display_name="crew", members=[Value(value=ada.id), Value(value=bob.id)])
check("a group is replaced", {one.value for one in w.groups.get(team.id).members} == {ada.id, bob.id})
[found] = w.groups.list(filter='displayName eq "crew"', attributes="displayName", sort_by="displayName", count=5)
check("a group is found", (found.id, found.display_name) == (team.id, "crew"))
ordered = [one.display_name for one in w.groups.list(sort_by="displayName", sort_order=iam.ListSortOrder.DESCENDING)]
check("groups are sorted", ordered == sorted(ordered, reverse=True))

# Service principals
importer = w.service_principals.create(application_id="importer", display_name="Importer", active=True, external_id="s1")
check("a service principal is created", (importer.application_id, importer.display_name) == ("importer", "Importer"))
check("its display name may be its name", w.service_principals.create(display_name="exporter").application_id == "exporter")
w.service_principals.patch(importer.id, operations=[Patch(op=Op.REPLACE, path="displayName", value="Imports")])
check("a service principal is patched", w.service_principals.get(importer.id).display_name == "Imports")
w.service_principals.update(importer.id, application_id="importer", display_name="Importer", active=True)
[found] = w.service_principals.list(filter='applicationId eq "importer"', attributes="applicationId", sort_by="applicationId")
check("a service principal is found", (found.id, found.display_name) == (importer.id, None))

# Tokens
made = w.tokens.create(comment="laptop", lifetime_seconds=600, scopes=["read"])
check("a token expires when it is told", made.token_info.expiry_time - made.token_info.creation_time == 600_000)
check("a token is listed", made.token_info.token_id in [one.token_id for one in w.tokens.list()])
w.tokens.delete(made.token_info.token_id)
check("a revoked token is not listed", made.token_info.token_id not in [one.token_id for one in w.tokens.list()])
check("a revoked token is not found", refused(lambda: w.tokens.delete(made.token_info.token_id), "RESOURCE_DOES_NOT_EXIST"))
given = w.token_management.create_obo_token("importer", comment="nightly", lifetime_seconds=600, scopes=["read"])
token_id = given.token_info.token_id
got = w.token_management.get(token_id).token_info
check("a token of another is read", (got.comment, got.created_by_username, got.owner_id) == ("nightly", "importer", None))
check("an unknown token is not found", refused(lambda: w.token_management.get("none"), "RESOURCE_DOES_NOT_EXIST"))
listed = [one.token_id for one in w.token_management.list(created_by_username="importer")]
check("tokens of one principal are listed", listed == [token_id])
check("no token has a creator with a number", list(w.token_management.list(created_by_id=17)) == [])
check("all tokens are listed", token_id in [one.token_id for one in w.token_management.list()])
w.token_management.delete(token_id)
check("a token of another is revoked", refused(lambda: w.token_management.get(token_id), "RESOURCE_DOES_NOT_EXIST"))

# Permissions of objects
experiment = w.experiments.create_experiment("/shared").experiment_id
level = iam.PermissionLevel


def access(name, level):
    return [iam.AccessControlRequest(user_name=name, permission_level=level)]


check("levels are described", all(one.description for one in w.permissions.get_permission_levels("experiments", experiment).permission_levels))
w.permissions.set("experiments", experiment, access_control_list=access("bob@example.org", level.CAN_READ))
w.permissions.update("experiments", experiment, access_control_list=access("ada@example.org", level.CAN_EDIT))
told = {one.user_name: one.all_permissions[0].permission_level for one in w.permissions.get("experiments", experiment).access_control_list}
check("permissions are read back", (told["bob@example.org"], told["ada@example.org"]) == (level.CAN_READ, level.CAN_EDIT))
check("an unknown level is rejected", refused(lambda: w.permissions.update("experiments", experiment, access_control_list=access("bob@example.org", level.CAN_RESTART)), "INVALID_PARAMETER_VALUE"))
check("an unknown person is rejected", refused(lambda: w.permissions.update("experiments", experiment, access_control_list=access("nobody", level.CAN_READ)), "INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"))


# What Cairn does not serve is a plain error
secrets = w.service_principal_secrets_proxy
for what, call in {
    "permissions of tokens": lambda: w.token_management.get_permissions(),
    "levels of tokens": lambda: w.token_management.get_permission_levels(),
    "permissions of passwords": lambda: w.users.get_permissions(),
    "permissions of clusters": lambda: w.permissions.get("clusters", "1"),
    "permissions of an unknown kind": lambda: w.permissions.set("bogus", "1"),
    "secrets of service principals": lambda: secrets.list(importer.id),
    "new secrets of service principals": lambda: secrets.create(importer.id),
    "roles of the account": lambda: w.account_access_control_proxy.get_assignable_roles_for_resource("r"),
}.items():
    check(f"{what} are not served", refused(call, "ENDPOINT_NOT_FOUND", "METHOD_NOT_ALLOWED"))

# As a member who edits, and as a reader
for name, principal, may_edit in [("a member", "ada@example.org", True), ("a reader", "bob@example.org", False)]:
    theirs = WorkspaceClient(host=url, token=w.token_management.create_obo_token(principal).token_value)
    check(f"{name} is known", theirs.current_user.me().user_name == principal)
    check(f"{name} lists itself", [one.user_name for one in theirs.users.list()] == [principal])
    check(f"{name} does not find others", list(theirs.users.list(filter='userName eq "owner"')) == [])
    check(f"{name} does not read others", refused(lambda: theirs.users.get(me.id), "SCIM_404"))
    check(f"{name} lists no service principals", list(theirs.service_principals.list(sort_by="displayName")) == [])
    check(f"{name} lists its groups", "crew" in [one.display_name for one in theirs.groups.list()])
    own = theirs.tokens.create(comment="own", lifetime_seconds=60)
    check(f"{name} lists its own tokens", own.token_info.token_id in [one.token_id for one in theirs.tokens.list()])
    theirs.tokens.delete(own.token_info.token_id)
    for what, call in {
        "create users": lambda: theirs.users.create(user_name="eve"),
        "change users": lambda: theirs.users.patch(me.id, operations=[Patch(op=Op.REPLACE, path="displayName", value="x")]),
        "replace itself": lambda: theirs.users.update(theirs.current_user.me().id, user_name="root", active=True),
        "delete users": lambda: theirs.users.delete(importer.id),
        "create groups": lambda: theirs.groups.create(display_name="g"),
        "change groups": lambda: theirs.groups.patch(team.id, operations=[Patch(op=Op.REPLACE, path="displayName", value="x")]),
        "delete groups": lambda: theirs.groups.delete(team.id),
        "create service principals": lambda: theirs.service_principals.create(display_name="s"),
        "create tokens for others": lambda: theirs.token_management.create_obo_token("importer"),
        "list tokens of others": lambda: theirs.token_management.list(),
        "read tokens of others": lambda: theirs.token_management.get(token_id),
        "revoke tokens of others": lambda: theirs.token_management.delete(token_id),
    }.items():
        check(f"{name} may not {what}", refused(call, "PERMISSION_DENIED", "SCIM_403"))
    check(f"{name} reads the experiment", theirs.experiments.get_experiment(experiment).experiment.name == "/shared")
    tag = lambda: theirs.experiments.set_experiment_tag(experiment, "k", "v")
    check(f"{name} edits as far as it may", refused(tag, "PERMISSION_DENIED") != may_edit)
    grant = lambda: theirs.permissions.update("experiments", experiment, access_control_list=access(principal, level.CAN_MANAGE))
    check(f"{name} may not grant", refused(grant, "PERMISSION_DENIED"))

w.users.delete(bob.id)
check("a deleted user is not found", refused(lambda: w.users.delete(bob.id), "SCIM_404"))
w.groups.delete(team.id)
w.service_principals.delete(importer.id)
check("a deleted group is not found", refused(lambda: w.groups.get(team.id), "SCIM_404"))
check("a deleted service principal is not found", refused(lambda: w.service_principals.get(importer.id), "SCIM_404"))
