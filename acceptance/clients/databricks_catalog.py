"""The official databricks-sdk: catalogs, schemas, tables, grants, identities and tokens."""
import io
import os
import uuid

from databricks.sdk.errors import AlreadyExists, BadRequest, NotFound, PermissionDenied, Unauthenticated
from databricks.sdk.service.catalog import (
    ColumnInfo,
    ColumnTypeName,
    DataSourceFormat,
    PermissionsChange,
    Privilege,
    TableOperation,
    TableType,
    VolumeType,
)
from databricks.sdk.service.iam import ComplexValue, Patch, PatchOp, PatchSchema

from databricks_client import workspace
from facts import check

SUFFIX = uuid.uuid4().hex[:8]
CATALOG = f"dbx_{SUFFIX}"


def refusal(call, error):
    """Returns the message of the error, or None if the call succeeds."""
    try:
        call()
    except error as refused:
        return str(refused)

w = workspace(os.environ["CAIRN_TOKEN"])
me = w.current_user.me()
check("the caller is known", me.user_name and me.active)

user = w.users.create(user_name=f"{SUFFIX}@example.org", display_name="Official")
service = w.service_principals.create(display_name=f"loader-{SUFFIX}")
team = w.groups.create(display_name=f"team-{SUFFIX}", members=[ComplexValue(value=service.id)])
check("a user is found by name", [u.id for u in w.users.list(filter=f'userName eq "{user.user_name}"')] == [user.id])
members = [ComplexValue(value=user.id)]
w.groups.patch(
    team.id,
    operations=[Patch(op=PatchOp.ADD, path="members", value=[m.as_dict() for m in members])],
    schemas=[PatchSchema.URN_IETF_PARAMS_SCIM_API_MESSAGES_2_0_PATCH_OP],
)
check("a group has members", {m.value for m in w.groups.get(team.id).members} == {user.id, service.id})
token = w.token_management.create_obo_token(application_id=service.application_id, lifetime_seconds=600)
loader = workspace(token.token_value)
check("a service principal acts by its token", loader.current_user.me().user_name == service.application_id)
check("a service principal is in its group", [g.display for g in loader.current_user.me().groups] == [team.display_name])

w.catalogs.create(name=CATALOG, comment="official")
w.schemas.create(name="s", catalog_name=CATALOG)
check("a catalog is listed", CATALOG in [c.name for c in w.catalogs.list()])
exists = refusal(lambda: w.catalogs.create(name=CATALOG), BadRequest)
check("a second catalog of the same name is rejected", exists and "already exists" in exists)
check("a catalog is hidden from principals without rights", CATALOG not in [c.name for c in loader.catalogs.list()])

grant = [
    PermissionsChange(
        principal=team.display_name, add=[Privilege.USE_CATALOG, Privilege.USE_SCHEMA, Privilege.CREATE_TABLE]
    )
]
answer = w.grants.update("CATALOG", CATALOG, changes=grant)
granted = answer.privilege_assignments[0]
check("grants are returned in the SDK's spelling", set(granted.privileges) == set(grant[0].add))
direct = w.grants.get("CATALOG", CATALOG)
check("grants are read", [p.principal for p in direct.privilege_assignments] == [team.display_name])
unknown = [PermissionsChange(principal="nobody", add=[Privilege.SELECT])]
check("a grant to an unknown principal is rejected", refusal(lambda: w.grants.update("CATALOG", CATALOG, changes=unknown), NotFound))

columns = [
    ColumnInfo(name="user_id", type_name=ColumnTypeName.LONG, type_text="bigint", position=0),
    ColumnInfo(name="at", type_name=ColumnTypeName.TIMESTAMP, type_text="timestamp", position=1),
]
name = f"{CATALOG}.s.ratings"
location = loader.api_client.do(
    "POST",
    "/api/2.1/unity-catalog/staging-tables",
    body={"name": "ratings", "catalog_name": CATALOG, "schema_name": "s"},
)["staging_location"]
made = loader.tables.create(
    name="ratings",
    catalog_name=CATALOG,
    schema_name="s",
    table_type=TableType.MANAGED,
    data_source_format=DataSourceFormat.DELTA,
    storage_location=location,
    columns=columns,
)
check("a member creates a table", made.full_name == name and made.owner == service.application_id)
check("a table is read whole", [c.name for c in loader.tables.get(name).columns] == ["user_id", "at"])
check("a table exists", loader.tables.exists(name).table_exists)
check("a missing table does not exist", not loader.tables.exists(f"{CATALOG}.s.nosuch").table_exists)
missing = refusal(lambda: loader.tables.get(f"{CATALOG}.s.nosuch"), NotFound)
check("a missing table raises NotFound", missing and "not found" in missing)
summaries = [s.full_name for s in loader.tables.list_summaries(CATALOG)]
check("tables are summarised", summaries == [name])
check("tables are listed", [t.full_name for t in loader.tables.list(CATALOG, "s")] == [name])

mine = w.token_management.create_obo_token(application_id=service.application_id, lifetime_seconds=600)
reader = w.service_principals.create(display_name=f"reader-{SUFFIX}")
reading = workspace(w.token_management.create_obo_token(application_id=reader.application_id).token_value)
hidden = refusal(lambda: reading.tables.get(name), PermissionDenied)
check("a principal without rights is rejected", hidden and "or it does not exist" in hidden)
w.groups.patch(
    team.id,
    operations=[Patch(op=PatchOp.ADD, path="members", value=[{"value": reader.id}])],
    schemas=[PatchSchema.URN_IETF_PARAMS_SCIM_API_MESSAGES_2_0_PATCH_OP],
)
denied = refusal(lambda: reading.tables.get(name), PermissionDenied)
check(
    "a member is told what is missing and whom to ask",
    denied and "lacks SELECT" in denied and f"'{service.application_id}'" in denied,
)
loader.grants.update("TABLE", name, changes=[PermissionsChange(principal=reader.application_id, add=[Privilege.SELECT])])
check("the owner of a table grants on it", reading.tables.get(name).table_id == made.table_id)
effective = w.grants.get_effective("TABLE", name, principal=reader.application_id).privilege_assignments[0]
inherited = {(p.privilege, p.inherited_from_name) for p in effective.privileges}
check("effective grants name their origin", (Privilege.SELECT, None) in inherited)
onSchema = w.grants.get_effective("SCHEMA", f"{CATALOG}.s").privilege_assignments[0]
origins = {(p.privilege, p.inherited_from_type.value, p.inherited_from_name) for p in onSchema.privileges}
check("effective grants name the catalog that they are inherited from", (Privilege.USE_SCHEMA, "CATALOG", CATALOG) in origins)
vended = reading.temporary_table_credentials.generate_temporary_table_credentials(
    table_id=made.table_id, operation=TableOperation.READ
)
check("credentials to read are vended", vended.url == location and vended.expiration_time)
w.tables.update(name, owner=team.display_name)
check("a table gets another owner", w.tables.get(name).owner == team.display_name)

w.volumes.create(catalog_name=CATALOG, schema_name="s", name="uploads", volume_type=VolumeType.MANAGED)
volume = f"/Volumes/{CATALOG}/s/uploads"
ratings = f"{volume}/2026/ratings of all.csv"
w.files.upload(ratings, io.BytesIO(b"user,item"))
check("a file is uploaded and downloaded", w.files.download(ratings).contents.read() == b"user,item")
check("the metadata of a file has its size", w.files.get_metadata(ratings).content_length == 9)
check("a file is not overwritten by default", refusal(lambda: w.files.upload(ratings, io.BytesIO(b"x"), overwrite=False), AlreadyExists))
large = os.urandom(1 << 20) * 56  # above the size from which the client prefers parts
w.files.upload(f"{volume}/large.bin", io.BytesIO(large))
check("a large file is uploaded completely", w.files.download(f"{volume}/large.bin").contents.read() == large)
w.files.create_directory(f"{volume}/empty")
listed = [(e.name, e.is_directory, e.file_size) for e in w.files.list_directory_contents(volume)]
check("a directory is listed", listed == [("2026", True, None), ("empty", True, None), ("large.bin", False, len(large))])
check("a volume is read like a folder", [f.path for f in w.dbfs.list(f"{volume}/2026")] == [ratings])
w.files.delete_directory(f"{volume}/empty")
w.files.delete(ratings)
check("the directory of a deleted file stays", list(w.files.list_directory_contents(f"{volume}/2026")) == [])
w.files.delete_directory(f"{volume}/2026")
check("files and directories are deleted", [e.name for e in w.files.list_directory_contents(volume)] == ["large.bin"])
check("a principal without rights reads no file", refusal(lambda: loader.files.download(f"{volume}/large.bin"), PermissionDenied))

laptop = w.tokens.create(comment="laptop", lifetime_seconds=600)
check("a token is created", workspace(laptop.token_value).current_user.me().user_name == me.user_name)
check("tokens are listed", laptop.token_info.token_id in [t.token_id for t in w.tokens.list()])
w.tokens.delete(laptop.token_info.token_id)
revoked = refusal(lambda: workspace(laptop.token_value).current_user.me(), Unauthenticated)
check("a revoked token is rejected at once", revoked)
w.token_management.delete(mine.token_info.token_id)

w.catalogs.delete(CATALOG, force=True)
check("a catalog is deleted with its contents", refusal(lambda: w.catalogs.get(CATALOG), NotFound))
for delete, one in ((w.groups, team), (w.service_principals, service), (w.service_principals, reader), (w.users, user)):
    delete.delete(one.id)
check("identities are deleted", refusal(lambda: w.users.get(user.id), NotFound))
