"""Logs traces, an evaluation, prompts, logged models and data sets with the official mlflow. Prints their ids as JSON."""
import contextlib
import io
import json
import os
import re

os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"
os.environ["MLFLOW_GENAI_EVAL_MAX_WORKERS"] = "2"
import mlflow
import pandas
from mlflow import MlflowClient
from mlflow.entities import AssessmentSource, AssessmentSourceType
from mlflow.genai import datasets
from mlflow.genai.scorers import scorer

mlflow.set_tracking_uri(os.environ["CAIRN_URL"])
client = MlflowClient()
experiment = mlflow.set_experiment("/films/assistant").experiment_id
facts = {"experiment": experiment}


@mlflow.trace(name="find films", span_type="RETRIEVER")
def find(question):
    return [{"page_content": "Heat (1995): a heist in Los Angeles.", "score": 0.91}, {"page_content": "괴물 (2006)", "score": 0.4}]


@mlflow.trace(name="ask the model", span_type="CHAT_MODEL")
def ask(messages, answer):
    span = mlflow.get_current_active_span()
    span.set_attribute("mlflow.chat.tokenUsage", {"input_tokens": 120, "output_tokens": 32, "total_tokens": 152})
    span.set_attribute("mlflow.llm.cost", {"input_cost": 0.0012, "output_cost": 0.0008, "total_cost": 0.002})
    span.set_attribute("mlflow.llm.model", "small-model")
    return {"choices": [{"message": {"role": "assistant", "content": answer}}]}


@mlflow.trace(name="recommend", span_type="AGENT")
def recommend(question, answer="You may like **Heat**."):
    mlflow.update_current_trace(
        tags={"team": "web"},
        metadata={"mlflow.trace.session": "session-7", "mlflow.trace.user": "mina"},
    )
    find(question)
    ask([{"role": "system", "content": "Recommend films."}, {"role": "user", "content": question}], answer)
    return answer


@mlflow.trace(name="broken tool", span_type="TOOL")
def broken():
    raise ValueError("no such film: 'Het'")


@mlflow.trace(name="recommend", span_type="AGENT")
def fail(question):
    broken()


prompt = mlflow.genai.register_prompt(
    name="film-question", template="Recommend {{ count }} films\nfor {{ user }}.", commit_message="First version", tags={"team": "web"}
)
mlflow.genai.register_prompt(
    name="film-question", template="Recommend {{ count }} films that are new\nfor {{ user }}.\nAnswer in Korean.", commit_message="Ask for new films"
)
mlflow.genai.set_prompt_alias("film-question", alias="production", version=1)
mlflow.genai.register_prompt(
    name="film-chat", template=[{"role": "system", "content": "You know films."}, {"role": "user", "content": "{{ question }}"}]
)


@mlflow.trace(name="with a prompt", span_type="CHAIN")
def prompted():
    return mlflow.genai.load_prompt("prompts:/film-question/1").format(count=3, user="mina")


recommend("A heist film?")
facts["trace"] = mlflow.get_last_active_trace_id()
try:
    fail("A film called Het?")
except ValueError:
    pass
facts["failed"] = mlflow.get_last_active_trace_id()
prompted()
facts["prompted"] = mlflow.get_last_active_trace_id()
human = AssessmentSource(source_type=AssessmentSourceType.HUMAN, source_id="mina")
judge = AssessmentSource(source_type=AssessmentSourceType.LLM_JUDGE, source_id="judge")
mlflow.log_feedback(trace_id=facts["trace"], name="helpful", value=True, source=human, rationale="I had not seen it.")
mlflow.log_feedback(trace_id=facts["trace"], name="fluency", value=0.75, source=judge)
mlflow.log_expectation(trace_id=facts["trace"], name="film", value="Heat", source=human)

films = pandas.DataFrame({"user": [1, 2, 3], "rating": [4.5, 3.0, 5.0]})
ratings = mlflow.data.from_pandas(films, source="https://example.com/ratings.csv", name="ratings")
with mlflow.start_run(run_name="train") as run:
    mlflow.log_input(ratings, context="training")
    model = mlflow.initialize_logged_model(name="ranker", model_type="recommender", params={"factors": "64"}, tags={"team": "web"})
    mlflow.log_metric("precision_at_10", 0.31, model_id=model.model_id, dataset=ratings)
    mlflow.finalize_logged_model(model.model_id, "READY")
    facts["model"] = model.model_id
    facts["run"] = run.info.run_id
with mlflow.start_run(run_name="check"):
    mlflow.log_input(ratings, context="evaluation")
with mlflow.start_span("of a model") as span:
    mlflow.update_current_trace(model_id=facts["model"])

questions = datasets.create_dataset(name="questions", experiment_id=[experiment], tags={"team": "web"})
rows = [
    {"inputs": {"question": f"Question {n}?"}, "expectations": {"film": "Heat" if n % 2 else "Ran"}} for n in range(20)
]
questions.merge_records(rows)
facts["dataset"] = questions.dataset_id


@scorer
def correct(outputs, expectations) -> bool:
    return outputs == expectations["film"]


@scorer
def length(outputs) -> float:
    return float(len(outputs))


def evaluate(name, predict):
    printed = io.StringIO()
    with mlflow.start_run(run_name=name) as run, contextlib.redirect_stdout(printed):
        mlflow.genai.evaluate(data=questions, predict_fn=predict, scorers=[correct, length])
    link = re.search(r"#/experiments/\S*evaluation-runs\S*?selectedRunUuid=\w+", printed.getvalue())
    return run.info.run_id, link and link.group(0)


facts["evaluation"], facts["link"] = evaluate("always Heat", lambda question: "Heat")
facts["better"], _ = evaluate("knows most", lambda question: "Heat" if int(re.search(r"\d+", question)[0]) % 2 else "Ran")
print(json.dumps(facts))
