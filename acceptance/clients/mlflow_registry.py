"""The official mlflow, unmodified: registered models and versions, their order, pages, stages, aliases and times of change."""
import os
import time
import warnings

import mlflow
from mlflow import MlflowClient

from facts import check, refused

warnings.filterwarnings("ignore", category=FutureWarning)
URI = os.environ["CAIRN_URL"]
mlflow.set_tracking_uri(URI)
client = MlflowClient()
SOURCE = "s3://models/film"


def during(change):
    """Runs a change, and returns a predicate for timestamps during it."""
    start = int(time.time() * 1000)
    change()
    end = int(time.time() * 1000)
    return lambda moment: start <= moment <= end


def all_of(page_after):
    found, token = [], None
    while True:
        page = page_after(token)
        found += page
        token = page.token
        if not token:
            return found


model = lambda name: client.get_registered_model(name)
version = lambda number, name="film": client.get_model_version(name, number)
GIVEN = {"key": "value", "another key": "some other value", "number": 12345}
KEPT = {**GIVEN, "number": "12345"}

within = during(lambda: client.create_registered_model("film", GIVEN))
made = model("film")
check("a model has tags as text, and no description", made.tags == KEPT and str(made.description) == "" and made.latest_versions == [])
check("a model has its time of creation", within(made.creation_timestamp) and within(made.last_updated_timestamp))
check("a second model of the same name is rejected", refused(lambda: client.create_registered_model("film"), "Registered Model (name=film) already exists"))
renamed = during(lambda: client.rename_registered_model("film", "film 2"))
check("renaming a model changes its time of update", within(model("film 2").creation_timestamp) and renamed(model("film 2").last_updated_timestamp))
described = during(lambda: client.update_registered_model("film 2", "a description"))
check("a new description changes the time of update", model("film 2").description == "a description" and described(model("film 2").last_updated_timestamp))
check("a model is not found by its old name", refused(lambda: model("film"), "Registered Model with name=film not found"))
client.delete_registered_model("film 2")
check("a deleted model cannot be renamed", refused(lambda: client.rename_registered_model("film 2", "x"), "Registered Model with name=film 2 not found"))
check("a deleted model is not found", list(client.search_registered_models()) == [])

client.create_registered_model("film")
client.set_registered_model_tag("film", "gone", "soon")
client.set_registered_model_tag("film", "empty", "")
client.delete_registered_model_tag("film", "gone")
check("tags are set, also empty ones, and deleted", model("film").tags == {"empty": ""})
created = during(lambda: client.create_model_version("film", SOURCE, "run_1", GIVEN))
first = version("1")
check("a version has tags as text", first.version == "1" and first.tags == KEPT and str(first.description) == "")
check("a new version changes the model's time of update", created(first.creation_timestamp) and created(model("film").last_updated_timestamp))
client.create_model_version("film", "s3://models/other", "run_1")
client.create_model_version("film", "s3://models/other", "run_2")
check("a model lists its latest version", [one.latest_versions for one in client.search_registered_models()] == [[version("3")]])
check("versions are found by source", list(client.search_model_versions(f"source_path = '{SOURCE}'")) == [first])
check("versions are found by run, latest first", [one.version for one in client.search_model_versions("run_id = 'run_1'")] == ["2", "1"])
check("the download URI of a version is its source", client.get_model_version_download_uri("film", "1") == SOURCE)
check("a version must be a number", refused(lambda: version("one"), "INVALID_PARAMETER_VALUE: Parameter 'version' must be an integer, got 'one'."))
staged = during(lambda: client.transition_model_version_stage("film", "1", "Staging"))
check("a stage changes the time of update of version and model", staged(version("1").last_updated_timestamp) and staged(model("film").last_updated_timestamp))
time.sleep(0.002)
client.update_model_version("film", "1", "words")
check("a description of a version does not change the model", version("1").description == "words" and staged(model("film").last_updated_timestamp))
check("a model lists the latest version of each stage", {one.version for one in model("film").latest_versions} == {"1", "3"})
client.set_registered_model_alias("film", "best", "1")
check("model and version list an alias", model("film").aliases == {"best": "1"} and version("1").aliases == ["best"])
check("a version is found by alias", client.get_model_version_by_alias("film", "best") == version("1"))
copy = client.copy_model_version("models:/film@best", "film")
check("a copied version keeps source, description, run and tags", (copy.version, copy.source, copy.description, copy.run_id, copy.tags) == ("4", "models:/film/1", "words", "run_1", KEPT))
check("a copied version has the same files", client.get_model_version_download_uri("film", "4") == SOURCE)
client.delete_registered_model_alias("film", "best")
check("an alias is deleted", model("film").aliases == {} and version("1").aliases == [])
deleted = during(lambda: client.delete_model_version("film", "4"))
check("deleting a version changes the model's time of update", deleted(model("film").last_updated_timestamp))
for change in [client.delete_model_version, lambda *one: client.update_model_version(*one, "late"), lambda *one: client.transition_model_version_stage(*one, "Staging")]:
    check("a deleted version cannot be changed", refused(lambda: change("film", "4"), "Model Version (name=film, version=4) not found"))
check("the number of a deleted version is not reused", client.create_model_version("film", SOURCE, "run_2").version == "5")

client.create_registered_model("stages")
for number, stage in enumerate(["Archived", "Production", "Archived", "Production", "Staging", "Staging", None], start=1):
    client.create_model_version("stages", SOURCE, "run")
    if stage:
        client.transition_model_version_stage("stages", str(number), stage)
latest = lambda stages: {one.current_stage: one.version for one in client.get_latest_versions("stages", stages)}
EVERY = {"Production": "4", "Staging": "6", "Archived": "3", "None": "7"}
check("the latest version of every stage is read", latest(None) == EVERY and latest([]) == EVERY)
check("the latest version of some stages is read", latest(["None", "Staging"]) == {"None": "7", "Staging": "6"})

for name in ["film", "stages"]:
    client.delete_registered_model(name)
names = [f"Many{i:03}" for i in range(29)]
for name in names:
    client.create_registered_model(name)
versions = []
for name in names + names[:10]:
    time.sleep(0.002)  # gives each version its own timestamp
    versions.insert(0, client.create_model_version(name, SOURCE, "run"))
key = lambda found: [(one.name, one.version) for one in found]
for text, holds in [
    (None, lambda name: True),
    ("", lambda name: True),
    ("name LIKE '%7'", lambda name: name.endswith("7")),
    ("name ILIKE '%an%00%'", lambda name: "00" in name),
    ("name LIKE '%AN%00%'", lambda name: False),
    ("name = 'Many023'", lambda name: name == "Many023"),
]:
    found = [all_of(lambda token: client.search_registered_models(text, max_results=size, page_token=token)) for size in (1, 8, 100)]
    check(f"models are sorted by name where {text!r}", all([one.name for one in some] == [name for name in names if holds(name)] for some in found))
    found = [all_of(lambda token: client.search_model_versions(text, max_results=size, page_token=token)) for size in (1, 8, 100)]
    check(f"versions are sorted latest first where {text!r}", all(key(some) == key(one for one in versions if holds(one.name)) for some in found))
for order, expected in [
    ("name DESC", sorted(versions, key=lambda one: (one.name, one.version), reverse=True)),
    ("version_number DESC", sorted(versions, key=lambda one: (-int(one.version), one.name))),
]:
    check(f"versions are sorted by {order}", key(all_of(lambda token: client.search_model_versions(order_by=[order], max_results=8, page_token=token))) == key(expected))
