"""Creates a job of two steps, runs it twice, prints what its tasks print, and schedules it."""

from databricks.sdk import WorkspaceClient
from databricks.sdk.service.compute import Environment
from databricks.sdk.service.jobs import (
    CronSchedule,
    JobEnvironment,
    JobParameterDefinition,
    JobSettings,
    SparkPythonTask,
    Task,
    TaskDependency,
)
from databricks.sdk.service.workspace import ImportFormat

w = WorkspaceClient()  # DATABRICKS_HOST, DATABRICKS_TOKEN
folder = f"/Users/{w.current_user.me().user_name}/two-steps"
w.workspace.mkdirs(folder)
for name in ("prepare.py", "train.py"):
    with open(name, "rb") as file:
        w.workspace.upload(f"{folder}/{name}", file, format=ImportFormat.AUTO, overwrite=True)


def python(name):
    return SparkPythonTask(python_file=f"{folder}/{name}", parameters=["{{job.parameters.rows}}"])


job_id = w.jobs.create(
    name="two steps",
    tags={"cairn.experiment": "/two-steps"},
    parameters=[JobParameterDefinition(name="rows", default="1000")],
    environments=[JobEnvironment(environment_key="ml", spec=Environment(dependencies=["mlflow-skinny==3.17.2"]))],
    tasks=[
        Task(task_key="prepare", spark_python_task=python("prepare.py")),
        Task(
            task_key="train",
            depends_on=[TaskDependency(task_key="prepare")],
            environment_key="ml",
            spark_python_task=python("train.py"),
        ),
    ],
).job_id

for rows in ("1000", "10"):
    run = w.jobs.run_now(job_id, job_parameters={"rows": rows}).result()
    print(run.state.result_state.value, run.run_page_url)
    for task in run.tasks:
        print(f"{task.task_key}: {w.jobs.get_run_output(task.run_id).logs}")

schedule = CronSchedule(quartz_cron_expression="0 0 6 * * ?", timezone_id="Asia/Seoul")
w.jobs.update(job_id, new_settings=JobSettings(schedule=schedule))
print("scheduled job", job_id)
