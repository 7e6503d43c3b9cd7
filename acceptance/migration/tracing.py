"""Logs traces of all kinds through the official client."""

import warnings

import mlflow
from mlflow import MlflowClient
from mlflow.entities import AssessmentError, AssessmentSource, SpanEvent, SpanType, TraceInfo, TraceLocation, TraceState
from mlflow.exceptions import MlflowException
from mlflow.tracking._tracking_service.utils import _get_store

HUMAN = AssessmentSource("HUMAN", "ann@example.com")


@mlflow.trace(name="llm", span_type=SpanType.CHAT_MODEL, attributes={"temperature": 1.0, "big": 2**62, "nested": {"a": [1, 2.5, None]}})
def ask(text: str) -> dict:
    span = mlflow.get_current_active_span()
    span.add_event(SpanEvent("chunk", attributes={"index": 1, "text": "日本"}))
    span.set_attribute("mlflow.chat.tokenUsage", {"input_tokens": 7, "output_tokens": 3, "total_tokens": 10})
    span.set_attribute("mlflow.llm.cost", {"input_cost": 1e-05, "output_cost": 0.5, "total_cost": 0.50001})
    if text == "fail":
        raise ValueError("no answer")
    return {"choices": [{"message": {"role": "assistant", "content": f"Größe {text}"}}]}


@mlflow.trace
def chain(text: str, **about) -> dict:
    mlflow.update_current_trace(tags={"kind": text, "lines": "multi\nline"}, **about)
    return ask(text)


def a_trace(text: str, **about) -> str:
    try:
        chain(text, **about)
    except ValueError:
        pass
    return mlflow.get_last_active_trace_id()


def judge(trace: str) -> None:
    """Adds assessments by people, judges and code."""
    about = {"source": HUMAN, "rationale": "so:\n'it'", "metadata": {"b": "1", "a": "2"}}
    for number, value in enumerate([True, 3, 1.5, "yes", "1e5", ["a", 1], {"a": None}]):
        mlflow.log_feedback(trace_id=trace, name=f"feedback {number}", value=value, **about)
    for number, value in enumerate(["Paris", 3, ["a", "b"], {"k": 1}]):
        mlflow.log_expectation(trace_id=trace, name=f"expectation {number}", value=value, source=HUMAN)
    mlflow.log_feedback(trace_id=trace, name="refused", error=AssessmentError("REFUSED"), source=HUMAN)
    error = AssessmentError("JUDGE_ERROR", "no answer", "Traceback\n" + "x" * 20_000)
    failed = mlflow.log_feedback(trace_id=trace, name="judged", error=error, source=AssessmentSource("LLM_JUDGE", "gpt"))
    mlflow.override_feedback(trace_id=trace, assessment_id=failed.assessment_id, value=0.25)


def without_spans(uri: str, experiment: str, trace: str, state: TraceState) -> None:
    """Creates the trace of a client that ended before it sent the spans."""
    place = TraceLocation.from_experiment_id(experiment)
    about = {"request_time": 1_700_000_000_000, "execution_duration": 1_500, "client_request_id": "mine"}
    _get_store(uri).start_trace(TraceInfo(trace, place, state=state, **about))


def link(client: MlflowClient, traces: list, run: str) -> None:
    """Links traces to a run and to a prompt, which file stores do not support."""
    try:
        client.link_traces_to_run(traces, run)
    except MlflowException:
        return
    prompt = mlflow.genai.register_prompt("question", "Where is {{place}}?")
    client.link_prompt_versions_to_trace([prompt], traces[0])
    with mlflow.start_span("with prompt"):
        mlflow.genai.load_prompt("prompts:/question/1")


def fill(uri: str, client: MlflowClient, experiment: str, runs: list) -> None:
    warnings.simplefilter("ignore")
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run(run_id=runs[0]):
        a_trace("in a run", metadata={"mlflow.trace.session": "s1", "mlflow.trace.user": "ann"})
    judged = a_trace("judged", client_request_id="request 1", request_preview="?" * 900)
    judge(judged)
    a_trace("fail")
    without_spans(uri, experiment, "tr-" + "0" * 31 + "1", TraceState.OK)
    without_spans(uri, experiment, "tr-" + "0" * 31 + "2", TraceState.IN_PROGRESS)
    link(client, [judged], runs[2])


def later(uri: str, client: MlflowClient, experiment: str) -> None:
    """Logs and changes traces after a migration."""
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment(experiment_id=experiment)
    a_trace("later")
    judged = client.search_traces(locations=[experiment], filter_string="tags.kind = 'judged'")[0].info.trace_id
    client.set_trace_tag(judged, "kind", "judged again")
    mlflow.log_feedback(trace_id=judged, name="later", value="ok", source=HUMAN)
