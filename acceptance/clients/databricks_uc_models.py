"""mlflow with `set_registry_uri('databricks-uc')`, as jobs of Databricks use it: models with three names, their files by the Files API."""
import os
import tempfile

os.environ["DATABRICKS_HOST"] = os.environ["CAIRN_URL"]
os.environ["DATABRICKS_TOKEN"] = os.environ["CAIRN_TOKEN"]
os.environ["MLFLOW_TRACKING_TOKEN"] = os.environ["CAIRN_TOKEN"]

import mlflow
import numpy as np
from databricks.sdk.errors import NotFound, ResourceConflict
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from sklearn.linear_model import LinearRegression

from databricks_client import refused, workspace
from facts import check

mlflow.set_tracking_uri(os.environ["CAIRN_URL"])
mlflow.set_registry_uri("databricks-uc")
client = MlflowClient()
NAME = "main.recs.stars"

rows = np.arange(12.0).reshape(6, 2)
model = LinearRegression().fit(rows, rows.sum(axis=1))
signature = infer_signature(rows, model.predict(rows))
with mlflow.start_run() as run:
    logged = mlflow.sklearn.log_model(model, name="model", signature=signature, registered_model_name=NAME)
check("logging a model registers its first version", str(logged.registered_model_version) == "1")
registered = mlflow.register_model(logged.model_uri, NAME, tags={"stage": "candidate"})
check("registering its URI makes the next version", (registered.name, registered.version, registered.status) == (NAME, "2", "READY"))
check("a version of a run by its artifacts", mlflow.register_model(f"runs:/{run.info.run_id}/model", NAME).version == "3")

client.set_registered_model_alias(NAME, "champion", "2")
champion = client.get_model_version_by_alias(NAME, "champion")
check("an alias names a version", (champion.version, champion.aliases, champion.tags) == ("2", ["champion"], {"stage": "candidate"}))
check("a version has its run", champion.run_id == run.info.run_id)
for uri in (f"models:/{NAME}@champion", f"models:/{NAME}/1"):
    loaded = mlflow.pyfunc.load_model(uri)
    check(f"{uri} predicts", np.allclose(loaded.predict(rows), rows.sum(axis=1)))
check("the files of a version are listed", "MLmodel" in [one.path for one in mlflow.artifacts.list_artifacts(f"models:/{NAME}/2")])

client.update_registered_model(NAME, description="stars of films")
client.update_model_version(NAME, "1", description="first")
client.set_registered_model_tag(NAME, "team", "recs")
client.set_model_version_tag(NAME, "1", "checked", "yes")
client.delete_model_version_tag(NAME, "2", "stage")
seen = client.get_registered_model(NAME)
check("a model has description, tags and aliases", (seen.description, seen.tags, seen.aliases) == ("stars of films", {"team": "recs"}, {"champion": "2"}))
versions = {one.version: one for one in client.search_model_versions(f"name='{NAME}'")}
check("versions are searched by name", sorted(versions) == ["1", "2", "3"] and versions["1"].description == "first")
check("tags of versions are set and deleted", (client.get_model_version(NAME, "1").tags, client.get_model_version(NAME, "2").tags) == ({"checked": "yes"}, {}))
check("models are listed", NAME in [one.name for one in client.search_registered_models()])
client.delete_registered_model_tag(NAME, "team")
client.delete_registered_model_alias(NAME, "champion")
check("tags and aliases are deleted", (client.get_registered_model(NAME).tags, client.get_registered_model(NAME).aliases) == ({}, {}))

plain = MlflowClient(registry_uri=os.environ["CAIRN_URL"])
check("MLflow's registry has the same models", plain.get_model_version(NAME, "1").description == "first")
check("a name needs three parts", refused(lambda: client.create_registered_model("stars"), MlflowException))

w = workspace(os.environ["CAIRN_TOKEN"])
with tempfile.NamedTemporaryFile() as other:
    path = "/Models/main/recs/stars/1/MLmodel"
    kept = w.files.download(path).contents.read()
    other.write(kept + b"\n")
    other.seek(0)
    check("a file that differs from the source is refused", refused(lambda: w.files.upload(path, other, overwrite=True), ResourceConflict))
check("the version keeps its file", w.files.download(path).contents.read() == kept)
stranger = w.service_principals.create(display_name="stranger")
secret = w.token_management.create_obo_token(application_id=stranger.application_id, lifetime_seconds=600).token_value
check("others read no file", refused(lambda: workspace(secret).files.download(path), NotFound))

client.rename_registered_model(NAME, "main.recs.suns")
check("a renamed model keeps its versions", client.get_model_version("main.recs.suns", "1").description == "first")
client.delete_model_version("main.recs.suns", "3")
client.delete_registered_model("main.recs.suns")
check("a deleted model is gone", refused(lambda: client.get_registered_model("main.recs.suns"), MlflowException))
