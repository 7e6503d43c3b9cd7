"""Changes the objects of fill.py after their migration through the official client. Usage: later.py TRACKING_URI"""

import pathlib
import sys
import tempfile
import warnings

from mlflow import MlflowClient

import tracing

warnings.simplefilter("ignore")
uri = sys.argv[1]
client = MlflowClient(uri, uri)

experiment = client.get_experiment_by_name("movies/als").experiment_id
run = client.search_runs([experiment], "attributes.status = 'FINISHED'")[0].info.run_id
client.set_tag(run, "k", "changed")
client.set_tag(run, "later", "1")
client.log_param(run, "later", "1")
client.log_metric(run, "loss", 0.001, timestamp=1_800_000_000_000, step=10_000)
with tempfile.TemporaryDirectory() as folder:
    root = pathlib.Path(folder)
    (root / "sub").mkdir()
    (root / "sub" / "a b.txt").write_text("hello again")
    (root / "sub" / "later.txt").write_text("later")
    client.log_artifacts(run, folder, "files")
client.update_run(run, status="FAILED")
client.set_experiment_tag(experiment, "team", "changed")
client.set_experiment_tag(experiment, "later", "1")
model = client.search_logged_models([experiment])[0].model_id
client.set_logged_model_tags(model, {"mt": "changed", "later": "1"})
client.set_registered_model_tag("movies", "owner", "bob")
client.set_registered_model_tag("empty", "later", "1")
client.set_model_version_tag("movies", "1", "v", "changed")
client.set_registered_model_alias("movies", "champion", "3")
tracing.later(uri, client, experiment)
print("ok later")
