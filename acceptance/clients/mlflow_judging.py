"""The official mlflow, unmodified, with nothing but a URI: evaluation data sets, scorers and issues."""
import json
import math
import os

os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"
import mlflow
from mlflow import MlflowClient
from mlflow.entities import AssessmentSource, AssessmentSourceType
from mlflow.entities.assessment import IssueReference
from mlflow.entities.issue import IssueSeverity, IssueStatus
from mlflow.genai import datasets
from mlflow.genai.judges import make_judge
from mlflow.genai.scorers import delete_scorer, get_scorer, list_scorers, scorer
from mlflow.tracing.client import TracingClient

from facts import check, refused

URI = os.environ["CAIRN_URL"]
mlflow.set_tracking_uri(URI)
client = MlflowClient()
store = client._tracking_client.store


experiment = mlflow.set_experiment("/official/judging").experiment_id
other = mlflow.create_experiment("/official/judging too")

films = datasets.create_dataset(name="films", experiment_id=[experiment], tags={"team": "web", "kind": "기준"})
check("a data set is created in an experiment", films.experiment_ids == [experiment] and films.tags["kind"] == "기준")
check("the client names the creator of a data set", films.created_by == films.tags["mlflow.user"])
check("a data set is read by id", datasets.get_dataset(dataset_id=films.dataset_id).digest == films.digest)

examples = [
    {"inputs": {"user": 7, "weights": [1.0, 0.5]}, "expectations": {"film": "Heat"}, "tags": {"level": "easy"}},
    {"inputs": {"user": 8, "weights": [math.inf]}, "outputs": ["괴물"], "expectations": {"film": "괴물", "rank": math.nan}},
]
films.merge_records(examples)
records = client.get_dataset(films.dataset_id).records
check("records are read back unchanged", [one.inputs for one in records] == [one["inputs"] for one in examples])
check("records keep types and NaN", type(records[0].inputs["weights"][0]) is float and math.isnan(records[1].expectations["rank"]))
check("records name their source", [one.source.source_type.value for one in records] == ["HUMAN", "HUMAN"])
films.merge_records([{"inputs": {"weights": [1.0, 0.5], "user": 7}, "expectations": {"year": 1995}}])
records = client.get_dataset(films.dataset_id).records
check("equal inputs are merged into one record", len(records) == 2 and records[0].expectations == {"film": "Heat", "year": 1995})
check("records are read as a data frame", list(films.to_df().dataset_record_id) == [one.dataset_record_id for one in records])
again = datasets.get_dataset(dataset_id=films.dataset_id)
check("the schema lists the fields", json.loads(again.schema)["inputs"] == {"user": "integer", "weights": "array"})
check("the profile counts the records", json.loads(again.profile) == {"num_records": 2} and again.digest != films.digest)

with mlflow.start_span("recommend") as span:
    span.set_inputs({"user": 9})
    span.set_outputs(["Heat"])
mlflow.log_expectation(trace_id=span.trace_id, name="film", value="Ran", source=AssessmentSource(AssessmentSourceType.HUMAN))
films.merge_records([mlflow.get_trace(span.trace_id)])
last = client.get_dataset(films.dataset_id).records[-1]
check("a trace becomes a record", last.inputs == {"user": 9} and last.outputs == ["Heat"] and last.expectations == {"film": "Ran"})
check("a record names its trace", last.source_id == span.trace_id and last.source_type == "TRACE")
page, token = store._load_dataset_records(films.dataset_id, max_results=2)
rest, end = store._load_dataset_records(films.dataset_id, max_results=2, page_token=token)
check("records are paged", [len(page), len(rest), end] == [2, 1, None])
check("records are deleted", films.delete_records([last.dataset_record_id]) == 1 and len(client.get_dataset(films.dataset_id).records) == 2)

songs = datasets.create_dataset(name="songs", experiment_id=other, tags={"team": "app"})
names = lambda **query: [one.name for one in datasets.search_datasets(**query)]
check("data sets are found by experiment", names(experiment_ids=experiment) == ["films"])
check("data sets are found by tag", names(filter_string="tags.team = 'app'") == ["songs"])
check("data sets are found by name and sorted", names(filter_string="name LIKE '%s'", order_by=["name DESC"]) == ["songs", "films"])
check("an invalid filter is rejected", refused(lambda: names(filter_string="colour = 'red'"), "Invalid attribute key"))
datasets.set_dataset_tags(dataset_id=films.dataset_id, tags={"team": "lab", "round": "1"})
datasets.delete_dataset_tag(dataset_id=films.dataset_id, key="round")
check("tags are set and deleted", datasets.get_dataset(dataset_id=films.dataset_id).tags["team"] == "lab" and "round" not in datasets.get_dataset(dataset_id=films.dataset_id).tags)
check("a data set is added to experiments", datasets.add_dataset_to_experiments(films.dataset_id, [other]).experiment_ids == [experiment, other])
check("a data set is removed from experiments", datasets.remove_dataset_from_experiments(films.dataset_id, [experiment]).experiment_ids == [other])
datasets.delete_dataset(dataset_id=songs.dataset_id)
check("a deleted data set is not found", refused(lambda: datasets.get_dataset(dataset_id=songs.dataset_id), "not found"))


@scorer
def short(outputs) -> bool:
    return len(outputs) < 3


@scorer(name="short")
def shorter(outputs) -> bool:
    return len(outputs) < 2


serialized = lambda one: json.dumps(one.model_dump())
first = store.register_scorer(experiment, "short", serialized(short))
second = store.register_scorer(experiment, "short", serialized(shorter))
check("each registration of a scorer is a version", [first.scorer_version, second.scorer_version] == [1, 2] and first.scorer_id == second.scorer_id)
check("the latest version of a scorer is read", store.get_scorer(experiment, "short").scorer_version == 2)
check("an earlier version of a scorer is read", "shorter" not in store.get_scorer(experiment, "short", version=1)._serialized_scorer)
check("scorers are listed by name", [one.scorer_name for one in store.list_scorers(experiment)] == ["short"])
check("the versions of a scorer are listed", [one.scorer_version for one in store.list_scorer_versions(experiment, "short")] == [1, 2])
check("a scorer is stored unchanged", store.list_scorers(experiment)[0]._serialized_scorer == serialized(shorter))
store.delete_scorer(experiment, "short", version=1)
check("a version of a scorer is deleted", [one.scorer_version for one in store.list_scorer_versions(experiment, "short")] == [2])
store.delete_scorer(experiment, "short")
check("a scorer is deleted", store.list_scorers(experiment) == [] and refused(lambda: store.get_scorer(experiment, "short"), "not found"))

make_judge(name="fitting", instructions="Does {{ outputs }} fit {{ inputs }}?").register(experiment_id=experiment)
check("a judge is listed", [one.name for one in list_scorers(experiment_id=experiment)] == ["fitting"])
check("a judge is read back", get_scorer(name="fitting", experiment_id=experiment).instructions == "Does {{ outputs }} fit {{ inputs }}?")
delete_scorer(name="fitting", experiment_id=experiment, version="all")
check("a deleted judge is not listed", list_scorers(experiment_id=experiment) == [])

with mlflow.start_run(experiment_id=experiment) as run:
    pass
slow = store.create_issue(experiment, "slow", "takes seconds", severity=IssueSeverity.LOW, root_causes=["cold cache"], source_run_id=run.info.run_id, categories=["latency"])
wrong = store.create_issue(experiment, "wrong", "recommends what was seen", severity=IssueSeverity.HIGH)
check("a new issue is pending", slow.status == IssueStatus.PENDING and store.get_issue(slow.issue_id) == slow)
check("an issue keeps causes, categories and run", slow.root_causes == ["cold cache"] and slow.categories == ["latency"] and slow.source_run_id == run.info.run_id)
check("issues are sorted by severity", [one.name for one in store.search_issues(experiment)] == ["wrong", "slow"])
TracingClient(URI).log_assessment(span.trace_id, IssueReference(issue_id=slow.issue_id, issue_name="slow"))
counted = {one.name: one.trace_count for one in store.search_issues(experiment, include_trace_count=True)}
check("the traces of an issue are counted", counted == {"wrong": 0, "slow": 1})
check("traces are found by issue", [one.info.trace_id for one in mlflow.search_traces(locations=[experiment], filter_string=f"issue.id = '{slow.issue_id}'", return_type="list")] == [span.trace_id])
fixed = store.update_issue(slow.issue_id, status=IssueStatus.RESOLVED, severity=IssueSeverity.NOT_AN_ISSUE)
check("an issue is resolved", (fixed.status, fixed.severity, fixed.name) == (IssueStatus.RESOLVED, IssueSeverity.NOT_AN_ISSUE, "slow"))
check("issues are found by status", [one.name for one in store.search_issues(experiment, filter_string="status = 'resolved'")] == ["slow"])
one = store.search_issues(experiment, max_results=1)
two = store.search_issues(experiment, max_results=1, page_token=one.token)
check("issues are paged", [one[0].name, two[0].name, two.token] == ["wrong", "slow", None])
