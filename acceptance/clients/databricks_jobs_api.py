"""The official databricks-sdk: schedules, runs, permissions and notifications of jobs."""
import json
import os
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer

from databricks.sdk.errors import InvalidParameterValue, NotFound, PermissionDenied
from databricks.sdk.service import iam, jobs, settings

from databricks_client import workspace
from facts import check

SUFFIX = uuid.uuid4().hex[:8]


def refused(call, words, error=InvalidParameterValue):
    try:
        call()
    except error as e:
        return words in str(e)
    return False


def until(holds, seconds=240):
    for _ in range(seconds * 5):
        found = holds()
        if found:
            return found
        time.sleep(0.2)
    return None


received = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
HOOK = f"http://127.0.0.1:{server.server_port}/hook"

w = workspace(os.environ["CAIRN_TOKEN"])
service = w.service_principals.create(display_name=f"runner-{SUFFIX}")
token = w.token_management.create_obo_token(application_id=service.application_id, lifetime_seconds=600).token_value
runner = workspace(token)


def task(key):
    # It fails at once: the file does not exist.
    parameters = {"schema": "main.s", "source": "/nowhere.zip"}
    return {"task_key": key, "node_task": {"entry": "movielens/import", "parameters": parameters}}


def create(**body):
    return w.api_client.do("POST", "/api/2.2/jobs/create", body={"name": f"job-{SUFFIX}", "tasks": [task("a")], **body})["job_id"]


# Schedules
cron = jobs.CronSchedule("0 30 2 ? * MON-FRI", "Asia/Seoul", pause_status=jobs.PauseStatus.PAUSED)
job = create()
w.jobs.update(job, new_settings=jobs.JobSettings(schedule=cron))
check("a paused schedule keeps its expression and zone", w.jobs.get(job).settings.schedule.as_dict() == cron.as_dict())
check("a paused schedule has no next time", "next_run_time" not in w.api_client.do("GET", "/api/2.2/jobs/get", query={"job_id": job}))
cron.pause_status = jobs.PauseStatus.UNPAUSED
w.jobs.update(job, new_settings=jobs.JobSettings(schedule=cron))
at = w.api_client.do("GET", "/api/2.2/jobs/get", query={"job_id": job})["next_run_time"]
check("the next time is that of the zone", time.gmtime(at / 1000)[3:5] == (17, 30))
for field, schedule in {
    "timezone_id": jobs.CronSchedule("0 0 0 * * ?", "Mars/Phobos"),
    "quartz_cron_expression": jobs.CronSchedule("0 0 * * *", "UTC"),
}.items():
    check(f"a wrong {field} is refused", refused(lambda: w.jobs.update(job, new_settings=jobs.JobSettings(schedule=schedule)), f"schedule.{field}"))
check("continuous is refused by name", refused(lambda: w.jobs.update(job, new_settings=jobs.JobSettings(continuous=jobs.Continuous())), "continuous"))
arrival = jobs.TriggerSettings(file_arrival=jobs.FileArrivalTriggerConfiguration(url="/x"))
check("a trigger on files is refused by name", refused(lambda: create(trigger=arrival.as_dict()), "trigger.file_arrival"))
often = create(schedule=jobs.CronSchedule("* * * * * ?", "UTC").as_dict())
fired = until(lambda: list(w.jobs.list_runs(job_id=often)))
check("a schedule starts a run", fired and fired[0].trigger == jobs.TriggerType.PERIODIC)
w.jobs.delete(often)
periodic = jobs.TriggerSettings(periodic=jobs.PeriodicTriggerConfiguration(1, jobs.PeriodicTriggerConfigurationTimeUnit.HOURS))
w.jobs.update(job, fields_to_remove=["schedule"], new_settings=jobs.JobSettings(trigger=periodic))
check("a periodic trigger is kept", w.jobs.get(job).settings.trigger.as_dict() == periodic.as_dict())

# Triggers on tables
w.catalogs.create(f"c{SUFFIX}")
w.schemas.create("s", f"c{SUFFIX}")
table = jobs.TriggerSettings(table_update=jobs.TableUpdateTriggerConfiguration([f"c{SUFFIX}.s.absent"]))
check("a trigger on a table that does not exist is refused", refused(lambda: create(trigger=table.as_dict()), "absent", NotFound))

# Runs
started = w.jobs.run_now(job)
until(lambda: w.jobs.get_run(started.run_id).state.life_cycle_state == jobs.RunLifeCycleState.TERMINATED)
ended = w.jobs.get_run(started.run_id)
check("a run on request has the trigger ONE_TIME", ended.trigger == jobs.TriggerType.ONE_TIME)
views = w.jobs.export_run(started.run_id, views_to_export=jobs.ViewsToExport.ALL).views
check("a run is exported", [(v.name, v.type) for v in views] == [("a", jobs.ViewType.NOTEBOOK)])
check("unknown tasks are refused", refused(lambda: w.jobs.run_now(job, only=["x"]), "only"))
check("parameters that no task takes are refused", refused(lambda: w.jobs.run_now(job, python_params=["x"]), "python_params"))
check("parameters of JARs are refused by name", refused(lambda: w.jobs.run_now(job, jar_params=["x"]), "jar_params"))
w.jobs.repair_run(started.run_id, rerun_all_failed_tasks=True)
until(lambda: w.jobs.get_run(started.run_id).state.life_cycle_state == jobs.RunLifeCycleState.TERMINATED)
history = w.jobs.get_run(started.run_id, include_history=True).repair_history
check("a repair has its history", [h.type.value for h in history] == ["ORIGINAL", "REPAIR"])
w.jobs.delete_run(started.run_id)
check("a deleted run is gone", refused(lambda: w.jobs.get_run(started.run_id), "", NotFound))
w.jobs.cancel_all_runs(job_id=job)
check("no run is active after cancel-all", until(lambda: not list(w.jobs.list_runs(job_id=job, active_only=True))) is not None)
w.jobs.cancel_all_runs(all_queued_runs=True)
check("jobs are read by the paths of 2.1", w.api_client.do("GET", "/api/2.1/jobs/get", query={"job_id": job})["job_id"] == job)

# Permissions
acl = [jobs.JobAccessControlRequest(service_principal_name=service.application_id, permission_level=jobs.JobPermissionLevel.CAN_VIEW)]
shared = create(access_control_list=[one.as_dict() for one in acl])
check("the access control list of a new job is enforced", runner.jobs.get(shared).job_id == shared)
check("the access control list grants nothing beyond its level", refused(lambda: runner.jobs.run_now(shared), "RUN JOBS", PermissionDenied))
check("other jobs stay hidden", refused(lambda: runner.jobs.get(job), "", NotFound))
levels = [level.permission_level.value for level in w.jobs.get_permission_levels(str(shared)).permission_levels]
check("the levels are listed", {"CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER"} <= set(levels))
w.jobs.update_permissions(str(shared), access_control_list=[jobs.JobAccessControlRequest(service_principal_name=service.application_id, permission_level=jobs.JobPermissionLevel.CAN_MANAGE_RUN)])
check("a level can be raised", runner.jobs.run_now(shared).run_id > 0)
w.jobs.set_permissions(str(shared), access_control_list=[])
check("permissions can be replaced", refused(lambda: runner.jobs.get(shared), "", NotFound))
once = w.api_client.do("POST", "/api/2.2/jobs/runs/submit", body={"run_name": "once", "tasks": [task("a")], "access_control_list": [one.as_dict() for one in acl]})["run_id"]
check("the access control list of a one-time run is enforced", runner.jobs.get_run(once).run_id == once)

# Notifications
check("only administrators create destinations", refused(lambda: runner.notification_destinations.create(display_name="x", config=settings.Config(generic_webhook=settings.GenericWebhookConfig(url=HOOK))), "", PermissionDenied))
made = w.notification_destinations.create(display_name=f"hook-{SUFFIX}", config=settings.Config(generic_webhook=settings.GenericWebhookConfig(url=HOOK)))
check("a destination is created", made.destination_type == settings.DestinationType.WEBHOOK)
check("a destination hides its URL", w.notification_destinations.get(made.id).config.generic_webhook.url is None)
listed = lambda: [d.id for d in runner.notification_destinations.list() if d.display_name == f"hook-{SUFFIX}"]
runner_uses = [iam.AccessControlRequest(service_principal_name=service.application_id, permission_level=iam.PermissionLevel.CAN_USE)]
check("a destination is hidden from others", listed() == [])
w.permissions.update("notification-destinations", made.id, access_control_list=runner_uses)
check("CAN_USE lists a destination", listed() == [made.id])
check("CAN_USE does not change a destination", refused(lambda: runner.notification_destinations.delete(made.id), "MANAGE", PermissionDenied))
hooks = jobs.WebhookNotifications(on_start=[jobs.Webhook(made.id)], on_failure=[jobs.Webhook(made.id)], on_success=[jobs.Webhook(made.id)])
told = create(
    webhook_notifications=hooks.as_dict(),
    email_notifications={"on_failure": ["a@example.org"]},
    health={"rules": [{"metric": "RUN_DURATION_SECONDS", "op": "GREATER_THAN", "value": 3600}]},
)
read = w.jobs.get(told).settings
check("webhooks are kept", read.webhook_notifications.as_dict() == hooks.as_dict())
check("health rules are kept", read.health.rules[0].value == 3600)
check("e-mail is shown as not enforced", w.api_client.do("GET", "/api/2.2/jobs/get", query={"job_id": told})["not_enforced"] == ["email_notifications"])
w.jobs.run_now(told)
until(lambda: len(received) >= 2)
check("webhooks are called", sorted(one["event_type"] for one in received)[-1] == "jobs.on_start" and received[0]["job"]["job_id"] == str(told))
w.notification_destinations.update(made.id, display_name=f"renamed-{SUFFIX}")
check("a destination is renamed", w.notification_destinations.get(made.id).display_name == f"renamed-{SUFFIX}")
w.notification_destinations.delete(made.id)
check("a deleted destination is refused in settings", refused(lambda: create(webhook_notifications=hooks.as_dict()), "webhook_notifications.on_failure"))
