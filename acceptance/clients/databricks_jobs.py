"""The official databricks-sdk: jobs whose tasks run the author's code."""
import os
import tempfile

from databricks.sdk.errors import InvalidParameterValue
from databricks.sdk.service import compute, jobs

from databricks_client import workspace
from facts import check

URI, SERVER_PID, DATABASE = (os.environ[name] for name in ("CAIRN_URL", "SERVER_PID", "DATABASE"))
w = workspace(os.environ["CAIRN_TOKEN"])

PREPARE = """
import json, os, sys, urllib.request
print("rows", sys.argv[1])
dbutils.jobs.taskValues.set(key="rows", value=int(sys.argv[1]))
def call(path, body):
    request = urllib.request.Request(
        os.environ["MLFLOW_TRACKING_URI"] + path, json.dumps(body).encode(),
        {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))
run = call("/api/2.0/mlflow/runs/create", {"experiment_id": os.environ["MLFLOW_EXPERIMENT_ID"], "tags": []})
print("run", run["run"]["info"]["run_id"])
"""
TRAIN = """
from cairn_tasks import dbutils
rows = dbutils.jobs.taskValues.get(taskKey="prepare", key="rows")
print("trained on", rows, dbutils.widgets.get("model"))
"""
# Prints a line for each file that a task should not be able to read.
SPY = """
import glob, os, sys
def read(path):
    try:
        with open(path, "rb") as file:
            print("READ", path, len(file.read()))
    except OSError as error:
        print("refused", path)
pid, database = sys.argv[1:]
for path in [f"/proc/{pid}/environ", f"/proc/{pid}/mem", database, f"/proc/{os.getppid()}/environ"]:
    read(path)
for environ in glob.glob("/proc/[0-9]*/environ"):
    try:
        is_own = os.stat(os.path.dirname(environ)).st_uid == os.getuid()
    except OSError:
        continue  # the process has ended
    if not is_own:
        read(environ)
"""

FOLDER = tempfile.mkdtemp()
for name, text in {"prepare.py": PREPARE, "train.py": TRAIN, "spy.py": SPY}.items():
    with open(f"{FOLDER}/{name}", "w") as file:
        file.write(text)
FOLDER = f"file:{FOLDER}"


def python(key, file, *parameters, after=(), **more):
    return jobs.Task(
        task_key=key,
        spark_python_task=jobs.SparkPythonTask(python_file=f"{FOLDER}/{file}", parameters=list(parameters)),
        depends_on=[jobs.TaskDependency(task_key=one) for one in after],
        **more,
    )


def error_of(call):
    try:
        call()
    except InvalidParameterValue as error:
        return str(error)
    return "accepted"


job = w.jobs.create(
    name="two steps",
    tags={"cairn.experiment": "/two-steps"},
    parameters=[jobs.JobParameterDefinition("rows", "10"), jobs.JobParameterDefinition("model", "als")],
    tasks=[python("prepare", "prepare.py", "{{job.parameters.rows}}"), python("train", "train.py", after=["prepare"])],
)
run = w.jobs.run_now(job.job_id, job_parameters={"rows": "25"}).result()
tasks = {task.task_key: task for task in w.jobs.get_run(run.run_id).tasks}
check("a run succeeds", run.state.result_state == jobs.RunResultState.SUCCESS)
check("a run shows the kinds of its tasks", tasks["train"].spark_python_task.python_file == f"{FOLDER}/train.py")
outputs = {key: w.jobs.get_run_output(task.run_id) for key, task in tasks.items()}
check("a task has its arguments", "rows 25" in outputs["prepare"].logs)
check("a task reads values and parameters", "trained on 25 als" in outputs["train"].logs)
logged = w.experiments.get_run(outputs["prepare"].logs.split("run ")[1].strip()).run
check("a task logs into the experiment of its job", w.experiments.get_by_name("/two-steps").experiment.experiment_id == logged.info.experiment_id)

failing = w.jobs.submit(tasks=[jobs.SubmitTask(task_key="a", spark_python_task=jobs.SparkPythonTask(f"{FOLDER}/train.py"))])
failed = failing.result().state.result_state == jobs.RunResultState.FAILED
output = w.jobs.get_run_output(w.jobs.get_run(failing.run_id).tasks[0].run_id)
check("a failing script fails its run, with its traceback", failed and "KeyError" in output.error and "Traceback" in output.error_trace)

# Read, modify, reset.
full = w.jobs.create(
    name="clustered",
    email_notifications=jobs.JobEmailNotifications(on_failure=["a@example.com"]),
    job_clusters=[jobs.JobCluster("main", new_cluster=compute.ClusterSpec(spark_version="15.4.x", num_workers=2))],
    environments=[jobs.JobEnvironment("py", compute.Environment(client="2", dependencies=["six==1.17.0"]))],
    tasks=[python("a", "train.py", job_cluster_key="main", environment_key="py", max_retries=2)],
)
settings = w.jobs.get(full.job_id).settings
settings.name = "renamed"
w.jobs.reset(full.job_id, settings)
again = w.jobs.get(full.job_id).settings
check("read-modify-reset keeps everything", again.as_dict() == settings.as_dict())
raw = w.api_client.do("GET", "/api/2.2/jobs/get", query={"job_id": full.job_id})
check("settings without effect are listed", raw["not_enforced"] == ["job_clusters", "email_notifications", "tasks.a.job_cluster_key"])

for what, settings, message in [
    ("git_source", {"git_source": jobs.GitSource("https://example.com/x", jobs.GitProvider.GIT_HUB)}, "'git_source'"),
    ("a schedule of a continuous job", {"continuous": jobs.Continuous(), "schedule": jobs.CronSchedule("0 0 3 * * ?", "UTC")}, "continuous: a continuous job has neither"),
    ("a jar", {"tasks": [python("a", "train.py", libraries=[compute.Library(jar="/x.jar")])]}, "libraries: jar"),
    ("an unknown environment", {"tasks": [python("a", "train.py", environment_key="nope")]}, "environment_key 'nope'"),
    ("code from Git", {"tasks": [jobs.Task("a", spark_python_task=jobs.SparkPythonTask("x.py", source=jobs.Source.GIT))]}, "source: GIT"),
    ("an unsupported path", {"tasks": [jobs.Task("a", spark_python_task=jobs.SparkPythonTask("dbfs:/x.py"))]}, "python_file: 'dbfs:/x.py'"),
    ("dbt", {"tasks": [jobs.Task("a", dbt_task=jobs.DbtTask(["dbt run"]))]}, "dbt_task is not supported"),
    ("a jar task", {"tasks": [jobs.Task("a", spark_jar_task=jobs.SparkJarTask(main_class_name="X"))]}, "spark_jar_task is not supported"),
    ("a task of two kinds", {"tasks": [python("a", "train.py", notebook_task=jobs.NotebookTask("/x.py"))]}, "a task is of one kind"),
]:
    said = error_of(lambda: w.jobs.create(name="bad", **{"tasks": [python("a", "train.py")], **settings}))
    check(f"{what} is rejected by name", message in said)

spies = w.jobs.submit(
    tasks=[
        jobs.SubmitTask(task_key=key, spark_python_task=jobs.SparkPythonTask(f"{FOLDER}/spy.py", [SERVER_PID, DATABASE]))
        for key in ("one", "two")
    ]
).result()
if os.getuid() == 0:
    logs = "".join(w.jobs.get_run_output(task.run_id).logs for task in w.jobs.get_run(spies.run_id).tasks)
    check("tasks read neither the server nor each other", "READ" not in logs and logs.count("refused") >= 6)
