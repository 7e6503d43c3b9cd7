"""The official mlflow, unmodified, with nothing but a URI: traces, spans, search, tags, attachments, assessments, OTLP."""
import gzip
import json
import math
import os
import time

os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"
import mlflow
import requests
from mlflow import MlflowClient
from mlflow.entities import (
    AssessmentSource,
    AssessmentSourceType,
    Expectation,
    Feedback,
    SpanEvent,
    TraceData,
    TraceInfo,
    TraceLocation,
    TraceState,
)
from mlflow.entities.trace_metrics import AggregationType, MetricAggregation, MetricViewType
from mlflow.tracing.attachments import Attachment
from mlflow.tracing.client import TracingClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from facts import check, refused

URI = os.environ["CAIRN_URL"]
mlflow.set_tracking_uri(URI)
client = MlflowClient()
tracing = TracingClient(URI)


def ids(traces):
    return [trace.info.trace_id for trace in traces]


def search(filter_string=None, **more):
    return ids(mlflow.search_traces(locations=[experiment], filter_string=filter_string, return_type="list", **more))


experiment = mlflow.set_experiment("/official/traces").experiment_id


@mlflow.trace(span_type="RETRIEVER")
def candidates(user, k=2):
    return [{"film": "Heat", "score": 0.5, "year": 1995}, {"film": "괴물", "score": 1.0, "year": 2006}][:k]


with mlflow.start_span("recommend", span_type="CHAIN") as recommended:
    recommended.set_inputs({"user": 7, "weights": [1.0, 0.25], "note": 'a "quote"'})
    recommended.set_attributes({"model": "als", "factors": 64, "tiny": 1e-7, "big": 2**60 + 1, "cached": False, "none": None})
    recommended.add_event(SpanEvent("cold start", timestamp=99999, attributes={"tries": 1, "ratio": 2.0}))
    recommended.set_outputs(candidates(7))
    mlflow.update_current_trace(tags={"team": "web"}, metadata={"mlflow.trace.session": "s-1", "mlflow.trace.user": "bob"})

trace = mlflow.get_trace(recommended.trace_id)
check("a trace ends OK, in its experiment", trace.info.state == TraceState.OK and trace.info.experiment_id == experiment)
check("the root span is first", [span.name for span in trace.data.spans] == ["recommend", "candidates"])
check("a span is read back unchanged", trace.data.spans[0].to_dict() == recommended.to_dict())
check("inputs and outputs keep their types", trace.data.spans[1].outputs == candidates.__wrapped__(7) and trace.data.spans[0].inputs["weights"] == [1.0, 0.25])
check("a trace has its tags and metadata", trace.info.tags["team"] == "web" and trace.info.trace_metadata["mlflow.trace.session"] == "s-1")
check("the server stores the spans", trace.info.tags["mlflow.trace.spansLocation"] == "TRACKING_STORE")
check("the previews are those of the root span", json.loads(trace.info.request_preview)["user"] == 7 and "괴물" in trace.info.response_preview)

answer = requests.get(f"{URI}/ajax-api/2.0/mlflow/get-trace-artifact", params={"request_id": recommended.trace_id})
check("the file of the spans is a download", answer.headers["Content-Disposition"] == "attachment; filename=traces.json")
check("the file has the same spans", TraceData.from_dict(answer.json()).spans[0].to_dict() == recommended.to_dict())


@mlflow.trace(name="fails")
def fails():
    raise ValueError("no such film")


try:
    fails()
except ValueError:
    pass
failed = mlflow.get_last_active_trace_id()
broken = mlflow.get_trace(failed)
check("an exception makes a trace end in ERROR, and is an event", broken.info.state == TraceState.ERROR and broken.data.spans[0].events[0].name == "exception")

with mlflow.start_run() as run:
    with mlflow.start_span("within a run") as within:
        pass
client.link_traces_to_run([failed], run.info.run_id)
check("traces are sorted newest first", search() == [within.trace_id, failed, recommended.trace_id])
check("traces are found by state", search("trace.status = 'ERROR'") == [failed])
check("traces are found by name", search("trace.name LIKE 'recom%'") == [recommended.trace_id])
check("traces are found by tag and metadata", search("tags.team = 'web' AND metadata.`mlflow.trace.session` = 's-1'") == [recommended.trace_id])
check("traces are found by a span", search("span.name = 'candidates' AND span.type = 'RETRIEVER'") == [recommended.trace_id])
check("traces are found by an attribute of a span", search("span.attributes.model LIKE '%als%'") == [recommended.trace_id])
check("traces are found by text", search("trace.text LIKE '%no such film%'") == [failed])
check("traces are found by time and sorted oldest first", search(f"timestamp_ms >= {trace.info.request_time}", order_by=["timestamp ASC"])[0] == recommended.trace_id)
check("traces are found by their run or a linked run", set(search(f"attribute.run_id = '{run.info.run_id}'")) == {within.trace_id, failed})
page = client.search_traces(locations=[experiment], max_results=2, include_spans=False)
rest = client.search_traces(locations=[experiment], max_results=2, page_token=page.token, include_spans=False)
check("traces are paged", ids(page) + ids(rest) == [within.trace_id, failed, recommended.trace_id] and rest.token is None)
check("an invalid filter is rejected", refused(lambda: search("colour.x = 'red'"), "Invalid entity type"))
check("traces are read as a data frame", list(mlflow.search_traces(locations=[experiment]).trace_id) == [within.trace_id, failed, recommended.trace_id])

client.set_trace_tag(failed, "looked at", "yes")
check("a tag is set", tracing.get_trace_info(failed).tags["looked at"] == "yes")
client.delete_trace_tag(failed, "looked at")
check("a tag is deleted", "looked at" not in tracing.get_trace_info(failed).tags)
check("a missing tag cannot be deleted", refused(lambda: client.delete_trace_tag(failed, "looked at"), "No trace tag with key"))

human = AssessmentSource(source_type=AssessmentSourceType.HUMAN, source_id="bob@example.com")
judge = AssessmentSource(source_type=AssessmentSourceType.LLM_JUDGE, source_id="judge")
helpful = mlflow.log_feedback(trace_id=recommended.trace_id, name="helpful", value=True, source=human, rationale="liked it", metadata={"round": "1"})
score = mlflow.log_feedback(trace_id=recommended.trace_id, name="score", value=0.75, source=judge, span_id=trace.data.spans[1].span_id)
expected = mlflow.log_expectation(trace_id=recommended.trace_id, name="films", value=["Heat", {"or": "괴물"}], source=human)
crashed = mlflow.log_feedback(trace_id=recommended.trace_id, name="crashed", error=ValueError("judge is away"), source=judge)
read = lambda one: mlflow.get_assessment(trace_id=recommended.trace_id, assessment_id=one.assessment_id)
check("feedback is read back", read(helpful).value is True and read(helpful).rationale == "liked it" and read(helpful).metadata == {"round": "1"} and read(helpful).source == human)
check("feedback on a span is read back", read(score).value == 0.75 and read(score).span_id == trace.data.spans[1].span_id)
check("an expectation may be any JSON", read(expected).value == ["Heat", {"or": "괴물"}])
check("feedback has the error of a failed judge", read(crashed).error.error_code == "ValueError" and read(crashed).error.error_message == "judge is away")
check("a trace has its assessments in order", [one.name for one in mlflow.get_trace(recommended.trace_id).info.assessments] == ["helpful", "score", "films", "crashed"])
mlflow.update_assessment(trace_id=recommended.trace_id, assessment_id=helpful.assessment_id, assessment=Feedback(name="helpful", value=False, rationale="changed my mind"))
check("feedback is updated", read(helpful).value is False and read(helpful).rationale == "changed my mind")
newer = mlflow.override_feedback(trace_id=recommended.trace_id, assessment_id=score.assessment_id, value=0.25, source=human)
check("feedback is overridden", read(score).valid is False and read(newer).overrides == score.assessment_id)
check("traces are found by valid feedback", search("feedback.score = '0.25'") == [recommended.trace_id] and search("feedback.score = '0.75'") == [])
mlflow.delete_assessment(trace_id=recommended.trace_id, assessment_id=newer.assessment_id)
check("feedback is valid again after its override is deleted", read(score).valid is True)
check("deleted feedback is not found", refused(lambda: read(newer), "not found"))
check("feedback on a missing trace is rejected", refused(lambda: mlflow.log_feedback(trace_id="tr-none", name="q", value=1), ""))

with mlflow.start_span("poster") as poster:
    picture = Attachment(content_type="image/png", content_bytes=b"\x89PNG\x00\xff")
    poster.set_inputs({"poster": picture})
reference = Attachment.parse_ref(mlflow.get_trace(poster.trace_id).data.spans[0].inputs["poster"])
answer = requests.get(f"{URI}/ajax-api/3.0/mlflow/get-trace-artifact", params={"request_id": poster.trace_id, "path": reference["attachment_id"]})
check("an attachment is read back unchanged", answer.status_code == 200 and answer.content == b"\x89PNG\x00\xff")

info = TraceInfo(trace_id="tr-kept-in-a-file", trace_location=TraceLocation.from_experiment_id(experiment), request_time=1000, execution_duration=2000, state=TraceState.OK)
tracing._upload_trace_data(tracing.start_trace(info), TraceData(spans=[recommended.to_immutable_span()]))
check("spans that a client stored in a file are read from it", mlflow.get_trace(info.trace_id).data.spans[0].name == "recommend")

value = lambda **kind: AnyValue(**kind)
sent = Span(
    trace_id=bytes.fromhex("4bf92f3577b34da6a3ce929d0e0e4736"),
    span_id=bytes.fromhex("00f067aa0ba902b7"),
    name="from OpenTelemetry",
    start_time_unix_nano=time.time_ns(),
    end_time_unix_nano=time.time_ns() + 1,
    status=Status(code=2, message="broke"),
    attributes=[
        KeyValue(key="openinference.span.kind", value=value(string_value="LLM")),
        KeyValue(key="input.value", value=value(string_value="Which film?")),
        KeyValue(key="llm.token_count.prompt", value=value(int_value=100)),
        KeyValue(key="llm.token_count.completion", value=value(int_value=50)),
    ],
)
body = ExportTraceServiceRequest(resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=[sent])])]).SerializeToString()
headers = {"Content-Type": "application/x-protobuf", "x-mlflow-experiment-id": experiment, "Content-Encoding": "gzip"}
answer = requests.post(f"{URI}/v1/traces", data=gzip.compress(body), headers=headers)
check("OpenTelemetry spans are accepted", answer.status_code == 200 and answer.content == b"")
otel = mlflow.get_trace("tr-4bf92f3577b34da6a3ce929d0e0e4736")
check("OpenTelemetry spans keep status and times", otel.info.state == TraceState.ERROR and otel.data.spans[0].start_time_ns == sent.start_time_unix_nano and otel.data.spans[0].status.description == "broke")
check("OpenTelemetry spans are converted to MLflow's", otel.data.spans[0].span_type == "LLM" and otel.data.spans[0].inputs == "Which film?" and otel.info.token_usage == {"input_tokens": 100, "output_tokens": 50, "total_tokens": 150})
check("OpenTelemetry spans without an experiment are rejected", requests.post(f"{URI}/v1/traces", data=body, headers={"Content-Type": "application/x-protobuf"}).status_code == 422)

points = tracing.store.query_trace_metrics(
    experiment_ids=[experiment],
    view_type=MetricViewType.TRACES,
    metric_name="trace_count",
    aggregations=[MetricAggregation(aggregation_type=AggregationType.COUNT)],
    dimensions=["trace_status"],
)
check("traces are counted by state", [(one.dimensions["trace_status"], one.values["COUNT"]) for one in points] == [("ERROR", 2), ("OK", 4)])
together = tracing.calculate_trace_filter_correlation([experiment], "tags.team = 'web'", "span.name = 'candidates'")
check("filters are correlated", together.joint_count == 1 and together.total_count == 6 and math.isclose(together.npmi, 1))

check("traces are deleted by id", client.delete_traces(experiment, trace_ids=[failed, "tr-none"]) == 1 and failed not in search(include_spans=False))
check("all traces are deleted by time", client.delete_traces(experiment, max_timestamp_millis=int(1e15)) == 5 and search(include_spans=False) == [])
check("a deleted trace is not found", refused(lambda: tracing.get_trace_info(recommended.trace_id), "not found"))
