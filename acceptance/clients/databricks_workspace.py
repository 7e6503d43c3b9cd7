"""The official databricks-sdk: secrets with their permissions, `dbutils.secrets`, and the tree of notebooks and files."""
import base64
import io
import json
import os

from databricks.sdk.errors import BadRequest, NotFound, PermissionDenied, ResourceAlreadyExists
from databricks.sdk.service.workspace import (
    AclPermission,
    ExportFormat,
    ImportFormat,
    Language,
    ObjectType,
    WorkspaceObjectAccessControlRequest,
    WorkspaceObjectPermissionLevel,
)

from databricks_client import refused, workspace
from facts import check


w = workspace(os.environ["CAIRN_TOKEN"])
me = w.current_user.me().user_name
service = w.service_principals.create(display_name="trainer")
other = workspace(w.token_management.create_obo_token(application_id=service.application_id, lifetime_seconds=600).token_value)
trainer = other.current_user.me().user_name

w.secrets.create_scope("team")
check("a scope is listed", [(s.name, s.backend_type.value) for s in w.secrets.list_scopes()] == [("team", "DATABRICKS")])
w.secrets.put_secret("team", "token", string_value="s3cr3t ✓")
w.secrets.put_secret("team", "bytes", bytes_value=base64.b64encode(b"\x00\xff").decode())
check("a text is read back", base64.b64decode(w.secrets.get_secret("team", "token").value).decode() == "s3cr3t ✓")
check("bytes are read back", base64.b64decode(w.secrets.get_secret("team", "bytes").value) == b"\x00\xff")
check("dbutils reads a secret", w.dbutils.secrets.get("team", "token") == "s3cr3t ✓")
check("dbutils lists secrets", [s.key for s in w.dbutils.secrets.list("team")] == ["bytes", "token"])
check("keys are listed with times", all(s.last_updated_timestamp > 0 for s in w.secrets.list_secrets("team")))
check("a second scope of the same name is rejected", refused(lambda: w.secrets.create_scope("team"), ResourceAlreadyExists))
check("another principal sees nothing", refused(lambda: other.secrets.get_secret("team", "token"), NotFound))
w.secrets.put_acl("team", trainer, AclPermission.READ)
check("READ allows reading", other.dbutils.secrets.get("team", "token") == "s3cr3t ✓")
check("READ does not allow writing", refused(lambda: other.secrets.put_secret("team", "k", string_value="v"), PermissionDenied))
check("an ACL is read", w.secrets.get_acl("team", trainer).permission == AclPermission.READ)
check("ACLs are listed", {a.principal: a.permission.value for a in w.secrets.list_acls("team")} == {me: "MANAGE", trainer: "READ"})
w.secrets.delete_acl("team", trainer)
check("an ACL is deleted", refused(lambda: other.secrets.list_secrets("team").__next__(), NotFound))
w.secrets.delete_secret("team", "bytes")
check("a secret is deleted", [s.key for s in w.secrets.list_secrets("team")] == ["token"])
w.secrets.delete_scope("team")
check("a scope is deleted", list(w.secrets.list_scopes()) == [])

home = f"/Users/{me}"
w.workspace.mkdirs(f"{home}/project/src")
w.workspace.upload(f"{home}/project/src/train.py", io.BytesIO(b"print(1)\n"), format=ImportFormat.AUTO)
w.workspace.upload(f"{home}/project/report", b"# Databricks notebook source\nprint(2)\n", language=Language.PYTHON)
w.workspace.import_(
    f"{home}/project/data.csv", content=base64.b64encode(b"a,b\n").decode(), format=ImportFormat.RAW, overwrite=True
)
found = {o.path: o.object_type for o in w.workspace.list(f"{home}/project", recursive=True)}
check(
    "files and notebooks are listed below a folder",
    found
    == {
        f"{home}/project/src/train.py": ObjectType.FILE,
        f"{home}/project/report": ObjectType.NOTEBOOK,
        f"{home}/project/data.csv": ObjectType.FILE,
    },
)
status = w.workspace.get_status(f"/Workspace{home}/project/report")
check("the status of a notebook", (status.language, status.object_type) == (Language.PYTHON, ObjectType.NOTEBOOK))
check("a file is downloaded", w.workspace.download(f"{home}/project/src/train.py").read() == b"print(1)\n")
exported = w.workspace.export(f"{home}/project/report", format=ExportFormat.JUPYTER)
notebook = json.loads(base64.b64decode(exported.content))
check("a notebook is exported for Jupyter", [c["source"] for c in notebook["cells"]] == [["print(2)"]])
check("an existing file is not overwritten", refused(lambda: w.workspace.upload(f"{home}/project/data.csv", b"", format=ImportFormat.RAW), ResourceAlreadyExists))
check("homes are private", refused(lambda: other.workspace.get_status(f"{home}/project"), NotFound))
folder = str(w.workspace.get_status(f"{home}/project").object_id)
w.workspace.update_permissions(
    "directories",
    folder,
    access_control_list=[
        WorkspaceObjectAccessControlRequest(
            service_principal_name=service.application_id, permission_level=WorkspaceObjectPermissionLevel.CAN_READ
        )
    ],
)
check("CAN_READ on a folder allows reading its contents", other.workspace.download(f"{home}/project/data.csv").read() == b"a,b\n")
check("CAN_READ does not allow deletion", refused(lambda: other.workspace.delete(f"{home}/project/data.csv"), PermissionDenied))
file = str(w.workspace.get_status(f"{home}/project/data.csv").object_id)
inherited = [
    (p.permission_level.value, p.inherited)
    for entry in w.workspace.get_permissions("files", file).access_control_list
    if entry.service_principal_name == service.application_id
    for p in entry.all_permissions
]
check("the permission on a file is inherited", inherited == [("CAN_READ", True)])
levels = w.workspace.get_permission_levels("notebooks", str(status.object_id)).permission_levels
check("levels of notebooks", [l.permission_level.value for l in levels] == ["CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"])
check("a folder that is not empty is not deleted", refused(lambda: w.workspace.delete(f"{home}/project"), BadRequest))
w.workspace.delete(f"{home}/project", recursive=True)
check("a folder is deleted with its contents", refused(lambda: w.workspace.get_status(f"{home}/project/report"), NotFound))
other.workspace.mkdirs("/Shared/team")
check("everybody creates in the shared folder", [o.path for o in w.workspace.list("/Shared")] == ["/Shared/team"])
