"""The official databricks-sdk and mlflow.deployments against a server on which the demo has run."""
import os

from databricks.sdk.errors import BadRequest, NotFound
from databricks.sdk.service.serving import EndpointCoreConfigInput, ServedEntityInput

from databricks_client import workspace
from facts import check

URI = os.environ["CAIRN_URL"]
TOKEN = os.environ["CAIRN_TOKEN"]
w = workspace(TOKEN)
MODEL = "official-movies"
QUESTION = [{"history": [1, 260, 1196], "k": 5}]


def refusal(call, error):
    """Returns the message of the error, or None if the call succeeds."""
    try:
        call()
    except error as refused:
        return str(refused)


def entity(version):
    return ServedEntityInput(
        entity_name=MODEL, entity_version=version, scale_to_zero_enabled=True, workload_size="Small"
    )


created = w.experiments.create_experiment(name="/official/databricks")
read = w.experiments.get_experiment(created.experiment_id).experiment
check("an experiment is created and read", read.name == "/official/databricks")
run = w.experiments.create_run(experiment_id=created.experiment_id, run_name="from the sdk").run
w.experiments.log_metric(key="ndcg_at_10", value=0.15, timestamp=1, run_id=run.info.run_id)
w.experiments.log_param(key="d", value="64", run_id=run.info.run_id)
w.experiments.set_tag(key="team", value="modelling", run_id=run.info.run_id)
logged = w.experiments.get_run(run.info.run_id).run.data
check("a metric, a parameter and a tag are logged", logged.metrics[0].value == 0.15 and logged.params[0].value == "64")
found = list(w.experiments.search_runs(experiment_ids=[created.experiment_id], filter="metrics.ndcg_at_10 > 0.1"))
check("runs are found", [one.info.run_id for one in found] == [run.info.run_id])
check("the demo's experiment is listed", "/movies" in [one.name for one in w.experiments.search_experiments(max_results=100)])

best = next(one for one in w.model_registry.search_model_versions(filter="name = 'movies'"))
w.model_registry.create_model(MODEL)
for _ in range(2):
    w.model_registry.create_model_version(MODEL, best.source, run_id=best.run_id)
versions = [one.version for one in w.model_registry.search_model_versions(filter=f"name = '{MODEL}'")]
check("versions of a model are created", sorted(versions) == ["1", "2"])

endpoint = w.serving_endpoints.create_and_wait(
    name="official", config=EndpointCoreConfigInput(name="official", served_entities=[entity("1")])
)
check("an endpoint becomes ready", endpoint.state.ready.value == "READY" and endpoint.config.config_version == 1)
answer = w.serving_endpoints.query(name="official", dataframe_records=QUESTION)
check("an endpoint answers a query", len(answer.predictions[0]["recommendations"]) == 5)
check("the answer names the served entity", answer.served_model_name == f"{MODEL}-1")
updated = w.serving_endpoints.update_config_and_wait(name="official", served_entities=[entity("2")])
check(
    "an update takes over",
    updated.config.served_entities[0].entity_version == "2" and updated.config.config_version == 2,
)
answer = w.serving_endpoints.query(name="official", dataframe_records=QUESTION)
check("the new version answers", answer.served_model_name == f"{MODEL}-2")
unanswerable = refusal(lambda: w.serving_endpoints.query(name="official", dataframe_records=[{"k": "five"}]), BadRequest)
check("an invalid query is rejected", unanswerable)
check("endpoints are listed", {"movies", "official"} <= {one.name for one in w.serving_endpoints.list()})
w.serving_endpoints.delete("official")
check("a deleted endpoint is not found", refusal(lambda: w.serving_endpoints.get("official"), NotFound))

demo = next(job for job in w.jobs.list() if job.settings.name == "movielens-demo")
runs = list(w.jobs.list_runs(job_id=demo.job_id, expand_tasks=True))
check("the demo's job has run once", [one.state.result_state.value for one in runs] == ["SUCCESS"])
check("the tasks of a run are listed", {"import", "train_als", "deploy"} <= {task.task_key for task in runs[0].tasks})

os.environ.update(DATABRICKS_HOST=URI, DATABRICKS_TOKEN=TOKEN)
from mlflow.deployments import get_deploy_client  # noqa: E402

deployments = get_deploy_client("databricks")
check("mlflow.deployments finds the endpoint", deployments.get_endpoint("movies")["name"] == "movies")
predicted = deployments.predict(endpoint="movies", inputs={"dataframe_records": [{"history": [1, 260], "k": 3}]})
check("mlflow.deployments queries the endpoint", len(predicted["predictions"][0]["recommendations"]) == 3)
