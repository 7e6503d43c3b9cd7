"""The official databricks-sdk: conditions, loops, runs of other jobs, and queries over governed tables."""
import os
import time
import uuid

from databricks.sdk.errors import InvalidParameterValue
from databricks.sdk.service import jobs
from databricks.sdk.service.jobs import (
    ConditionTask,
    ConditionTaskOp,
    ForEachTask,
    JobParameterDefinition,
    RunJobTask,
    RunResultState,
    SqlTask,
    Task,
    TaskDependency,
)

from databricks_client import workspace
from facts import check

SUFFIX = uuid.uuid4().hex[:8]
w = workspace(os.environ["CAIRN_TOKEN"])


class Query:
    """A query by its text, which Cairn adds: the SDK has stored queries only."""

    def __init__(self, text):
        self.text = text

    def as_dict(self):
        return {"query_text": self.text}


def sql(key, text, parameters=None, **more):
    return Task(task_key=key, sql_task=SqlTask(warehouse_id="local", query=Query(text), parameters=parameters), **more)


def after(key, outcome=None):
    return [TaskDependency(task_key=key, outcome=outcome)]


def create(name, tasks, **more):
    return w.jobs.create(name=f"{name}-{SUFFIX}", tasks=tasks, **more).job_id


def finished(run_id):
    for _ in range(600):
        run = w.jobs.get_run(run_id)
        if run.status.state.value == "TERMINATED":
            return run
        time.sleep(0.1)
    raise TimeoutError(f"run {run_id} has not ended")


def results(run):
    return {task.task_key: task.state.result_state for task in run.tasks}


def task(run, key):
    return next(one for one in run.tasks if one.task_key == key)


def values(run_id):
    return w.api_client.do("GET", "/api/2.2/jobs/runs/get-output", query={"run_id": run_id})["node_task_output"]["values"]


def refused(call, words):
    try:
        call()
    except InvalidParameterValue as error:
        return words in str(error)
    return False


OK, EXCLUDED = RunResultState.SUCCESS, RunResultState.EXCLUDED

condition = ConditionTask(op=ConditionTaskOp.GREATER_THAN, left="{{tasks.count.values.row_count}}", right="{{job.parameters.least}}")
branches = create(
    "branches",
    [
        sql("count", "select range as n from range(3)"),
        Task(task_key="enough", depends_on=after("count"), condition_task=condition),
        sql("many", "select 'many' as it", depends_on=after("enough", "true")),
        sql("few", "select 'few' as it", depends_on=after("enough", "false")),
    ],
    parameters=[JobParameterDefinition(name="least", default="2")],
)
run = finished(w.jobs.run_now(branches).run_id)
check("the true branch runs", results(run) == {"count": OK, "enough": OK, "many": OK, "few": EXCLUDED})
check("the condition has an outcome", task(run, "enough").condition_task.outcome == "true")
check("the dependency keeps its outcome", task(run, "few").depends_on[0].outcome == "false")
run = finished(w.jobs.run_now(branches, job_parameters={"least": "3"}).run_id)
check("the false branch runs", results(run) == {"count": OK, "enough": OK, "many": EXCLUDED, "few": OK})
inputs = '[{"n": 1}, {"n": 2}, {"n": 3}]'
loop = ForEachTask(inputs=inputs, concurrency=3, task=sql("one", "select $n::integer * 2 as twice", {"n": "{{input.n}}"}))
run = finished(w.jobs.submit(run_name="loop", tasks=[jobs.SubmitTask(task_key="each", for_each_task=loop)]).run_id)
check("a loop succeeds", results(run) == {"each": OK})
stats = task(run, "each").for_each_task.stats.task_run_stats
check("a loop counts its iterations", [stats.total_iterations, stats.succeeded_iterations] == [3, 3])
looped = w.jobs.get_run(task(run, "each").run_id)
check("an iteration has its values", [values(i.run_id)["rows"] for i in looped.iterations] == [[{"twice": n}] for n in (2, 4, 6)])

COUNT = 105
loop = ForEachTask(inputs=str(list(range(COUNT))), concurrency=50, task=Task(task_key="one", run_job_task=RunJobTask(job_id=1)))
run = finished(w.jobs.submit(run_name="many", tasks=[jobs.SubmitTask(task_key="each", for_each_task=loop)]).run_id)
looped = w.jobs.get_run(task(run, "each").run_id)
check("the SDK reads all pages of iterations", len({i.run_id for i in looped.iterations}) == COUNT)
messages = task(run, "each").for_each_task.stats.error_message_stats
check("a loop counts messages", [(m.count, m.error_message) for m in messages] == [(COUNT, "Job 1 does not exist.")])

job = RunJobTask(job_id=branches, job_parameters={"least": "1"})
either = ConditionTask(op=ConditionTaskOp.EQUAL_TO, left="{{job.id}}", right="1")
parent = create(
    "parent",
    [
        Task(task_key="child", run_job_task=job),
        Task(task_key="if", condition_task=either),
        Task(task_key="each", depends_on=after("if", "true"), for_each_task=ForEachTask(inputs="[1]", task=Task(task_key="one", run_job_task=job))),
    ],
)
run = finished(w.jobs.run_now(parent).run_id)
settings = w.jobs.get(parent).settings
w.jobs.reset(parent, settings)
check("read, then reset, changes nothing", w.jobs.get(parent).settings.as_dict() == settings.as_dict())
check("a task runs another job", results(run) == {"child": OK, "if": OK, "each": EXCLUDED})
child = w.jobs.get_run_output(task(run, "child").run_id).run_job_output.run_id
check("the other run names its task", w.jobs.get_run(child).trigger == jobs.TriggerType.RUN_JOB_TASK)
check("the other run got the parameter", [p.value for p in w.jobs.get_run(child).job_parameters] == ["1"])
check(
    "a cycle is refused",
    refused(
        lambda: w.jobs.update(branches, new_settings=jobs.JobSettings(tasks=[Task(task_key="again", run_job_task=RunJobTask(job_id=parent))])),
        "would run itself again",
    ),
)
check("a stored query is refused", refused(lambda: create("stored", [Task(task_key="q", sql_task=SqlTask(warehouse_id="x", query=jobs.SqlTaskQuery(query_id="1")))]), "query_id"))

sweep = {
    "method": "random",
    "trials": 4,
    "seed": 3,
    "parameters": {"lr": {"min": 0.001, "max": 1, "scale": "log"}, "depth": {"min": 1, "max": 3, "type": "int"}},
    "objective": {"metric": "score", "goal": "maximize"},
}
trial = {
    "task_key": "trial",
    "spark_python_task": {"python_file": "trial.py", "parameters": ["{{input.lr}}", "{{input.depth}}"]},
}
body = {
    "tasks": [{"task_key": "search", "for_each_task": {"sweep": sweep, "concurrency": 2, "task": trial}}],
    "tags": {"cairn.experiment": f"/sweep-{SUFFIX}"},
    "files": {"trial.py": "import sys\ndbutils.jobs.taskValues.set('score', float(sys.argv[1]) * int(sys.argv[2]))\n"},
}
run = finished(w.api_client.do("POST", "/api/2.2/jobs/runs/submit", body=body)["run_id"])
check("a sweep succeeds", results(run) == {"search": OK})
search = task(run, "search")
check("the SDK reads a sweep", search.for_each_task.stats.task_run_stats.succeeded_iterations == 4)
best = w.api_client.do("GET", "/api/2.2/jobs/runs/get-output", query={"run_id": search.run_id})["sweep"]["best"]
trials = w.api_client.do("GET", "/api/2.2/jobs/runs/get", query={"run_id": search.run_id})["iterations"]
scores = [one["objective"] for one in trials]
product = best["parameters"]["lr"] * best["parameters"]["depth"]
check("the best trial is linked", best["value"] == max(scores) and abs(product - best["value"]) < 1e-12)
sweep["parameters"]["lr"]["min"] = 0
check("a sweep that cannot run is refused by field", refused(lambda: w.api_client.do("POST", "/api/2.2/jobs/runs/submit", body=body), "sweep.parameters.lr.min is 0"))
