"""The official databricks-sdk: runs that start by new files, by updates of tables, and continuously."""
import io
import os
import time
import uuid

import polars as pl
from databricks.sdk.service import jobs
from databricks.sdk.service.catalog import TableOperation, VolumeType

from databricks_client import workspace
from facts import check

CATALOG = f"trg_{uuid.uuid4().hex[:8]}"
w = workspace(os.environ["CAIRN_TOKEN"])
UNITY = "/api/2.1/unity-catalog"

w.catalogs.create(name=CATALOG)
w.schemas.create(name="s", catalog_name=CATALOG)
w.volumes.create(catalog_name=CATALOG, schema_name="s", name="uploads", volume_type=VolumeType.MANAGED)
folder = f"/Volumes/{CATALOG}/s/uploads/incoming"
table = {"name": "notes", "catalog_name": CATALOG, "schema_name": "s"}
location = w.api_client.do("POST", f"{UNITY}/staging-tables", body=table)["staging_location"]
described = {"table_type": "MANAGED", "data_source_format": "DELTA", "storage_location": location}
columns = [{"name": "id", "type_name": "LONG"}]
made = w.api_client.do("POST", f"{UNITY}/tables", body={**table, **described, "columns": columns})


def keys():
    vended = w.temporary_table_credentials.generate_temporary_table_credentials(
        table_id=made["table_id"], operation=TableOperation.READ_WRITE
    )
    key = vended.aws_temp_credentials
    return vended.url, {
        "aws_access_key_id": key.access_key_id,
        "aws_secret_access_key": key.secret_access_key,
        "aws_session_token": key.session_token,
        "aws_endpoint_url": key.access_point,
        "aws_region": "us-east-1",
        "aws_allow_http": "true",
    }


def create(**settings):
    # The task fails at once, because the file does not exist.
    parameters = {"schema": "main.s", "source": "/nowhere.zip"}
    task = {"task_key": "a", "node_task": {"entry": "movielens/import", "parameters": parameters}}
    body = {"name": "triggered", "tasks": [task], **settings}
    return w.api_client.do("POST", "/api/2.2/jobs/create", body=body)["job_id"]


def triggers(job):
    return [run.trigger.value for run in w.jobs.list_runs(job_id=job)]


def until(holds, seconds=240):
    for _ in range(seconds * 5):
        if holds():
            return True
        time.sleep(0.2)
    return False


on_files = create(trigger={"file_arrival": {"url": folder}})
on_table = create(trigger={"table_update": {"table_names": [f"{CATALOG}.s.notes"]}})
always = create(continuous={"pause_status": "UNPAUSED"})
read = w.jobs.get(on_files).settings
check("a trigger on files is read back", read.trigger.file_arrival == jobs.FileArrivalTriggerConfiguration(url=folder))
check("a continuous job starts by itself", until(lambda: triggers(always)[:1] == ["CONTINUOUS"]))
w.jobs.update(always, new_settings=jobs.JobSettings(continuous=jobs.Continuous(pause_status=jobs.PauseStatus.PAUSED)))


def was_read(job):
    """Whether the trigger has read its folder or table once, after which its next time lies ahead."""
    got = w.api_client.do("GET", "/api/2.2/jobs/get", query={"job_id": job})
    return got["next_run_time"] > got["created_time"] + 1000


check("triggers read the folder and the table at once", until(lambda: was_read(on_files) and was_read(on_table)))
check("nothing starts before a change", triggers(on_files) == triggers(on_table) == [])
w.files.upload(f"{folder}/ratings.csv", io.BytesIO(b"user,item"))
url, options = keys()
pl.DataFrame({"id": [1]}).write_delta(url, storage_options=options)
check("a new file starts a run", until(lambda: triggers(on_files) == ["FILE_ARRIVAL"]))
check("an update of a table starts a run", until(lambda: triggers(on_table) == ["TABLE"]))
for job in (on_files, on_table, always):
    w.jobs.delete(job)
w.catalogs.delete(CATALOG, force=True)
