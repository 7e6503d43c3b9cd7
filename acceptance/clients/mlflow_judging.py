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
check("by whoever the client says", films.created_by == films.tags["mlflow.user"])
check("and read", datasets.get_dataset(dataset_id=films.dataset_id).digest == films.digest)

examples = [
    {"inputs": {"user": 7, "weights": [1.0, 0.5]}, "expectations": {"film": "Heat"}, "tags": {"level": "easy"}},
    {"inputs": {"user": 8, "weights": [math.inf]}, "outputs": ["괴물"], "expectations": {"film": "괴물", "rank": math.nan}},
]
films.merge_records(examples)
records = client.get_dataset(films.dataset_id).records
check("its records come back as they were", [one.inputs for one in records] == [one["inputs"] for one in examples])
check("with types, and what is no number", type(records[0].inputs["weights"][0]) is float and math.isnan(records[1].expectations["rank"]))
check("where they are from is told", [one.source.source_type.value for one in records] == ["HUMAN", "HUMAN"])
films.merge_records([{"inputs": {"weights": [1.0, 0.5], "user": 7}, "expectations": {"year": 1995}}])
records = client.get_dataset(films.dataset_id).records
check("the same inputs are one record", len(records) == 2 and records[0].expectations == {"film": "Heat", "year": 1995})
check("as a table", list(films.to_df().dataset_record_id) == [one.dataset_record_id for one in records])
again = datasets.get_dataset(dataset_id=films.dataset_id)
check("the schema says what fields there are", json.loads(again.schema)["inputs"] == {"user": "integer", "weights": "array"})
check("the profile how many records", json.loads(again.profile) == {"num_records": 2} and again.digest != films.digest)

with mlflow.start_span("recommend") as span:
    span.set_inputs({"user": 9})
    span.set_outputs(["Heat"])
mlflow.log_expectation(trace_id=span.trace_id, name="film", value="Ran", source=AssessmentSource(AssessmentSourceType.HUMAN))
films.merge_records([mlflow.get_trace(span.trace_id)])
last = client.get_dataset(films.dataset_id).records[-1]
check("a trace becomes a record", last.inputs == {"user": 9} and last.outputs == ["Heat"] and last.expectations == {"film": "Ran"})
check("that knows its trace", last.source_id == span.trace_id and last.source_type == "TRACE")
page, token = store._load_dataset_records(films.dataset_id, max_results=2)
rest, end = store._load_dataset_records(films.dataset_id, max_results=2, page_token=token)
check("page by page", [len(page), len(rest), end] == [2, 1, None])
check("records are deleted", films.delete_records([last.dataset_record_id]) == 1 and len(client.get_dataset(films.dataset_id).records) == 2)

songs = datasets.create_dataset(name="songs", experiment_id=other, tags={"team": "app"})
names = lambda **query: [one.name for one in datasets.search_datasets(**query)]
check("data sets are found by experiment", names(experiment_ids=experiment) == ["films"])
check("by tag", names(filter_string="tags.team = 'app'") == ["songs"])
check("by name, in order", names(filter_string="name LIKE '%s'", order_by=["name DESC"]) == ["songs", "films"])
check("a filter that is none is refused", refused(lambda: names(filter_string="colour = 'red'"), "Invalid attribute key"))
datasets.set_dataset_tags(dataset_id=films.dataset_id, tags={"team": "lab", "round": "1"})
datasets.delete_dataset_tag(dataset_id=films.dataset_id, key="round")
check("tags are set and deleted", datasets.get_dataset(dataset_id=films.dataset_id).tags["team"] == "lab" and "round" not in datasets.get_dataset(dataset_id=films.dataset_id).tags)
check("experiments are added", datasets.add_dataset_to_experiments(films.dataset_id, [other]).experiment_ids == [experiment, other])
check("and removed", datasets.remove_dataset_from_experiments(films.dataset_id, [experiment]).experiment_ids == [other])
datasets.delete_dataset(dataset_id=songs.dataset_id)
check("a deleted one is gone", refused(lambda: datasets.get_dataset(dataset_id=songs.dataset_id), "not found"))


@scorer
def short(outputs) -> bool:
    return len(outputs) < 3


@scorer(name="short")
def shorter(outputs) -> bool:
    return len(outputs) < 2


serialized = lambda one: json.dumps(one.model_dump())
first = store.register_scorer(experiment, "short", serialized(short))
second = store.register_scorer(experiment, "short", serialized(shorter))
check("each registration is a version", [first.scorer_version, second.scorer_version] == [1, 2] and first.scorer_id == second.scorer_id)
check("the latest is got", store.get_scorer(experiment, "short").scorer_version == 2)
check("and any other", "shorter" not in store.get_scorer(experiment, "short", version=1)._serialized_scorer)
check("they are listed by name", [one.scorer_name for one in store.list_scorers(experiment)] == ["short"])
check("with their versions", [one.scorer_version for one in store.list_scorer_versions(experiment, "short")] == [1, 2])
check("what came is what is kept", store.list_scorers(experiment)[0]._serialized_scorer == serialized(shorter))
store.delete_scorer(experiment, "short", version=1)
check("a version is deleted", [one.scorer_version for one in store.list_scorer_versions(experiment, "short")] == [2])
store.delete_scorer(experiment, "short")
check("or the scorer", store.list_scorers(experiment) == [] and refused(lambda: store.get_scorer(experiment, "short"), "not found"))

make_judge(name="fitting", instructions="Does {{ outputs }} fit {{ inputs }}?").register(experiment_id=experiment)
check("a judge is listed", [one.name for one in list_scorers(experiment_id=experiment)] == ["fitting"])
check("and read back", get_scorer(name="fitting", experiment_id=experiment).instructions == "Does {{ outputs }} fit {{ inputs }}?")
delete_scorer(name="fitting", experiment_id=experiment, version="all")
check("a deleted one is gone", list_scorers(experiment_id=experiment) == [])

with mlflow.start_run(experiment_id=experiment) as run:
    pass
slow = store.create_issue(experiment, "slow", "takes seconds", severity=IssueSeverity.LOW, root_causes=["cold cache"], source_run_id=run.info.run_id, categories=["latency"])
wrong = store.create_issue(experiment, "wrong", "recommends what was seen", severity=IssueSeverity.HIGH)
check("an issue is pending at first", slow.status == IssueStatus.PENDING and store.get_issue(slow.issue_id) == slow)
check("and keeps what is said of it", slow.root_causes == ["cold cache"] and slow.categories == ["latency"] and slow.source_run_id == run.info.run_id)
check("the gravest come first", [one.name for one in store.search_issues(experiment)] == ["wrong", "slow"])
TracingClient(URI).log_assessment(span.trace_id, IssueReference(issue_id=slow.issue_id, issue_name="slow"))
counted = {one.name: one.trace_count for one in store.search_issues(experiment, include_trace_count=True)}
check("the traces that show one are counted", counted == {"wrong": 0, "slow": 1})
check("and found", [one.info.trace_id for one in mlflow.search_traces(locations=[experiment], filter_string=f"issue.id = '{slow.issue_id}'", return_type="list")] == [span.trace_id])
fixed = store.update_issue(slow.issue_id, status=IssueStatus.RESOLVED, severity=IssueSeverity.NOT_AN_ISSUE)
check("it is resolved", (fixed.status, fixed.severity, fixed.name) == (IssueStatus.RESOLVED, IssueSeverity.NOT_AN_ISSUE, "slow"))
check("and found so", [one.name for one in store.search_issues(experiment, filter_string="status = 'resolved'")] == ["slow"])
one = store.search_issues(experiment, max_results=1)
two = store.search_issues(experiment, max_results=1, page_token=one.token)
check("issues come page by page", [one[0].name, two[0].name, two.token] == ["wrong", "slow", None])
