"""What users may do with traces, scorers, logged models, webhooks and GraphQL under MLflow's auth, by its clients and by its paths."""
import os
import sys
import time

import mlflow
import mlflow.server
import requests
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelOutput, LoggedModelStatus
from mlflow.exceptions import MlflowException

from facts import check
from signed_in import PASSWORD, admin, user

url = os.environ["CAIRN_URL"]
ADMIN = ("admin", os.environ["ADMIN_PASSWORD"])
mlflow.set_tracking_uri(url)
auth = mlflow.server.get_app_client("basic-auth", url)
client = MlflowClient(url)
suffix = sys.argv[1]
OLD = hasattr(auth, "create_experiment_permission")


def send(method, path, who=None, **more):
    """Sends a request to MLflow's API, as a user or without credentials."""
    credentials = who if who is None or isinstance(who, tuple) else (who, PASSWORD)
    return requests.request(method, f"{url}/{path}", auth=credentials, timeout=120, **more)


def refused(call, *arguments, **more):
    try:
        call(*arguments, **more)
    except MlflowException as error:
        assert error.error_code in ("PERMISSION_DENIED", "RESOURCE_DOES_NOT_EXIST"), error
        return True
    return False


def hidden(answer):
    return answer.status_code in (403, 404)


ada, bob = f"ada-o-{suffix}", f"bob-o-{suffix}"
with admin():
    for name in (ada, bob):
        auth.create_user(name, PASSWORD)


def allow(experiment_id, permission):
    """Gives bob a permission on an experiment of ada."""
    with user(ada):
        if OLD:
            try:
                auth.create_experiment_permission(experiment_id, bob, permission)
            except MlflowException:
                auth.update_experiment_permission(experiment_id, bob, permission)
            return
        try:
            auth.revoke_user_permission(bob, "experiment", experiment_id)
        except MlflowException:
            pass  # no permission exists yet
        auth.grant_user_permission(bob, "experiment", experiment_id, "DENY" if permission == "NO_PERMISSIONS" else permission)


# Accounts
for name, password in [("", PASSWORD), (f"zoe-{suffix}", ""), ("", "")]:
    answer = send("POST", "api/2.0/mlflow/users/create", ADMIN, json={"username": name, "password": password})
    check(f"an account named {name!r} with the password {password!r} is rejected", answer.status_code == 400)
for body in ("null", ""):
    headers = {"Content-Type": "application/json"}
    made = send("POST", "api/2.0/mlflow/users/create", ADMIN, data=body, headers=headers)
    changed = send("PATCH", "api/2.0/mlflow/users/update-password", bob, data=body, headers=headers)
    check(f"the body {body!r} is rejected", made.status_code == changed.status_code == 400)
current = "api/2.0/mlflow/users/current"
me = send("GET", current, bob).json()["user"]
check("users read who they are", (me["username"], me["is_admin"]) == (bob, False) and isinstance(me["id"], int))
check("administrators read who they are", send("GET", current, ADMIN).json()["user"]["is_admin"] is True)
check("nobody is read without credentials", send("GET", current).status_code == 401)
for prefix in ("api", "ajax-api"):
    listed = send("GET", f"{prefix}/2.0/mlflow/users/list", ADMIN).json()["users"]
    check(f"{prefix} lists users", {"admin", ada, bob} <= {one["username"] for one in listed})
    check(f"{prefix} lists no passwords", all("password" not in one and "password_hash" not in one for one in listed))
    check(f"{prefix} lists users to users", send("GET", f"{prefix}/2.0/mlflow/users/list", bob).status_code == 200)
check("users are not listed without credentials", send("GET", "api/2.0/mlflow/users/list").status_code == 401)
if not OLD:
    with user(bob):
        for current_password, words in [(None, "Current password is required"), ("wrong one", "Current password does not match")]:
            try:
                more = {"current_password": current_password} if current_password else {}
                auth.update_user_password(bob, "five long rivers", **more)
                said = ""
            except MlflowException as error:
                said = str(error)
            check(f"the current password {current_password!r} does not change the password", words in said)
        auth.update_user_password(bob, "five long rivers", current_password=PASSWORD)
    with user(bob, "five long rivers"):
        auth.update_user_password(bob, PASSWORD, current_password="five long rivers")
        check("users change their own password", send("GET", current, bob).status_code == 200)

# Models keep no permissions of a deleted one of the same name
with user(ada):
    model = f"reused by {ada}"
    client.create_registered_model(model)
    if OLD:
        auth.create_registered_model_permission(model, bob, "EDIT")
    else:
        auth.grant_user_permission(bob, "registered_model", model, "EDIT")
with user(bob):
    client.set_registered_model_tag(model, "k", "v")
with user(ada):
    client.delete_registered_model(model)
    client.create_registered_model(model)
with user(bob):
    check("a new model of the name has none of the old permissions", refused(client.set_registered_model_tag, model, "k", "w"))

# Searches over experiments of which some are hidden, in pages
with user(ada):
    experiments = [client.create_experiment(f"{suffix} objects {n}") for n in range(5)]
    runs = {one: {client.create_run(one).info.run_id for _ in range(4)} for one in experiments}
    models = {one: {client.create_logged_model(one, name=f"m{n}").model_id for n in range(2)} for one in experiments}
shown, closed = experiments[::2], experiments[1::2]
for one in closed:
    allow(one, "NO_PERMISSIONS")


def in_pages(search, idOf):
    found, token = [], None
    while True:
        page = search(experiment_ids=experiments, max_results=3, page_token=token)
        found.extend(idOf(one) for one in page)
        token = page.token
        if not token:
            return found


for search, idOf, own in [
    (client.search_runs, lambda one: one.info.run_id, runs),
    (client.search_logged_models, lambda one: one.model_id, models),
]:
    with user(bob):
        found = in_pages(search, idOf)
    expected = set().union(*(own[one] for one in shown))
    check(f"pages of {search.__name__} have each readable one once", len(found) == len(expected) and set(found) == expected)
    with user(ada):
        check(f"pages of {search.__name__} have all for their owner", set(in_pages(search, idOf)) == set().union(*own.values()))

# With READ, the default
experiment, secret = shown[0], closed[0]
run, logged = sorted(runs[experiment])[0], sorted(models[experiment])[0]
inputs = [DatasetInput(Dataset("d", "1", "local", "s"), [InputTag("context", "training")])]
with user(bob):
    check("READ shows a logged model", client.get_logged_model(logged).model_id == logged)
    for what, call in {
        "finishing a logged model": lambda: client.finalize_logged_model(logged, LoggedModelStatus.READY),
        "tagging a logged model": lambda: client.set_logged_model_tags(logged, {"k": "v"}),
        "removing a tag of a logged model": lambda: client.delete_logged_model_tag(logged, "k"),
        "deleting a logged model": lambda: client.delete_logged_model(logged),
        "logging inputs": lambda: client.log_inputs(run, inputs),
        "logging outputs": lambda: client.log_outputs(run, [LoggedModelOutput(logged, 1)]),
    }.items():
        check(f"{what} is refused with READ", refused(call))
allow(experiment, "EDIT")
with user(bob):
    client.log_inputs(run, inputs)
    client.log_outputs(run, [LoggedModelOutput(logged, 1)])
    check("EDIT allows logging inputs and outputs", len(client.get_run(run).inputs.dataset_inputs) == 1)
for path in ("artifacts/files?artifact_file_path=a.txt", "artifacts/directories"):
    for prefix in ("api", "ajax-api") if "directories" in path else ("ajax-api",):
        at = f"{prefix}/2.0/mlflow/logged-models/{{}}/{path}"
        check(f"{prefix}: {path} of a hidden model is refused", hidden(send("GET", at.format(sorted(models[secret])[0]), bob)))
        own = send("GET", at.format(sorted(models[secret])[0]), ada)
        check(f"{prefix}: {path} of an own model is answered", own.status_code == (200 if "directories" in path else 404))

# Scorers
for one in (experiment, secret):
    for version in (1, 2):
        body = {"experiment_id": one, "name": "judge", "serialized_scorer": f'{{"name": "judge", "version": {version}}}'}
        made = send("POST", "api/3.0/mlflow/scorers/register", ada, json=body).json()
        check(f"version {version} of a scorer is registered", made["version"] == version)
allow(experiment, "READ")
scorer = {"experiment_id": experiment, "name": "judge"}
got = send("GET", "api/3.0/mlflow/scorers/get", bob, params=scorer)
check("READ shows a scorer", got.json()["scorer"]["scorer_name"] == "judge")
check("READ does not allow deleting a scorer", hidden(send("DELETE", "api/3.0/mlflow/scorers/delete", bob, json=scorer)))
closed_scorer = {"experiment_id": secret, "name": "judge"}
check("a scorer of a hidden experiment is refused", hidden(send("GET", "api/3.0/mlflow/scorers/get", bob, params=closed_scorer)))
configs = send("GET", "ajax-api/3.0/mlflow/scorers/online-configs", bob, params={"scorer_ids": made["scorer_id"]})
check("the online scoring of a hidden scorer is not read", hidden(configs) or configs.json().get("configs", []) == [] or configs.status_code == 501)
for prefix in ("api", "ajax-api"):
    answer = send("PUT", f"{prefix}/3.0/mlflow/scorers/online-config", bob, json={**closed_scorer, "sample_rate": 0.0})
    check(f"{prefix}: the online scoring of a hidden scorer is not changed", answer.status_code in (403, 404, 501))

# GraphQL
QUERIES = {
    "mlflowGetExperiment": ("experimentId", "experiment { experimentId name }"),
    "mlflowGetRun": ("runId", "run { info { runId experimentId } }"),
    "mlflowListArtifacts": ("runId", "files { path }"),
}


def graphql(field, key, who):
    argument, selection = QUERIES[field]
    query = f"query($key: String!) {{ {field}(input: {{{argument}: $key}}) {{ {selection} }} }}"
    answer = send("POST", "graphql", who, json={"query": query, "variables": {"key": key}})
    return answer.status_code, (answer.json().get("data") or {}).get(field) if answer.ok else None


secret_run = sorted(runs[secret])[0]
own_keys = {"mlflowGetExperiment": secret, "mlflowGetRun": secret_run, "mlflowListArtifacts": secret_run}
unknown = {"mlflowGetExperiment": "999999999", "mlflowGetRun": "0" * 32, "mlflowListArtifacts": "0" * 32}


def nothing(answer):
    """Whether GraphQL returned no object: nothing at all, or fields that are all null."""
    return answer is None or all(one is None for one in answer.values())


for field, key in own_keys.items():
    check(f"{field} needs credentials", graphql(field, key, None)[0] == 401)
    status, answer = graphql(field, key, ada)
    check(f"{field} answers its owner", status == 200 and not nothing(answer))
    status, answer = graphql(field, key, bob)
    check(f"{field} shows nothing that is hidden", status == 200 and nothing(answer))
    status, answer = graphql(field, unknown[field], bob)
    check(f"{field} answers for an unknown id", status == 200 and nothing(answer))
query = "query($ids: [String]!) { mlflowSearchRuns(input: {experimentIds: $ids}) { runs { info { experimentId } } } }"
found = send("POST", "graphql", bob, json={"query": query, "variables": {"ids": [experiment, secret]}}).json()
seen = {one["info"]["experimentId"] for one in found["data"]["mlflowSearchRuns"]["runs"]}
check("GraphQL finds runs of readable experiments only", seen == {experiment})

# Metrics
with user(ada):
    for step in range(2):
        client.log_metric(run, "m", float(step), step=step)
        client.log_metric(secret_run, "m", float(step), step=step)
bulk = "ajax-api/2.0/mlflow/metrics/get-history-bulk-interval"
points = send("GET", bulk, bob, params={"run_ids": run, "metric_key": "m", "max_results": 100}).json()["metrics"]
check("READ shows the history of a metric", len(points) == 2)
both = send("GET", bulk, bob, params={"run_ids": [run, secret_run], "metric_key": "m", "max_results": 100})
check("the history of a hidden run is refused", hidden(both) or {one["run_id"] for one in both.json()["metrics"]} == {run})

# Traces
def new_trace(experiment_id):
    body = {"experiment_id": experiment_id, "timestamp_ms": int(time.time() * 1000), "execution_time_ms": 1, "status": "OK", "request_metadata": [], "tags": []}
    return send("POST", "api/2.0/mlflow/traces", ada, json=body).json()["trace_info"]["request_id"]


trace, secret_trace = new_trace(experiment), new_trace(secret)
for what, answer in {
    "its info": send("GET", f"api/2.0/mlflow/traces/{secret_trace}/info", bob),
    "the trace": send("GET", f"api/3.0/mlflow/traces/{secret_trace}", bob),
    "its artifact": send("GET", "ajax-api/2.0/mlflow/get-trace-artifact", bob, params={"request_id": secret_trace}),
    "its artifact by 3.0": send("GET", "ajax-api/3.0/mlflow/get-trace-artifact", bob, params={"request_id": secret_trace}),
}.items():
    check(f"of a hidden trace, {what} is refused", hidden(answer))
check("the owner reads the trace", send("GET", f"api/3.0/mlflow/traces/{secret_trace}", ada).status_code == 200)
for what, answer in {
    "v2": send("GET", "api/2.0/mlflow/traces", bob, params={"experiment_ids": [secret]}),
    "v3": send("POST", "api/3.0/mlflow/traces/search", bob, json={"locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": secret}}]}),
    "batchGetInfos": send("POST", "api/3.0/mlflow/traces/batchGetInfos", bob, json={"trace_ids": [secret_trace]}),
    "batchGet": send("GET", "api/3.0/mlflow/traces/batchGet", bob, params={"trace_ids": [secret_trace]}),
}.items():
    check(f"{what} finds no hidden trace", hidden(answer) or secret_trace not in answer.text)
remove = {"experiment_id": experiment, "max_timestamp_millis": 9999999999999}
tag = {"key": "env", "value": "test"}
tags = f"api/2.0/mlflow/traces/{trace}/tags"
check("READ does not allow tagging a trace", hidden(send("PATCH", tags, bob, json=tag)) and hidden(send("DELETE", tags, bob, json=tag)))
check("READ does not allow deleting traces", hidden(send("POST", "api/2.0/mlflow/traces/delete-traces", bob, json=remove)))
allow(experiment, "EDIT")
check("EDIT allows tagging a trace", send("PATCH", tags, bob, json=tag).ok and send("DELETE", tags, bob, json=tag).ok)
link = {"trace_ids": [secret_trace], "run_id": run}
check("a hidden trace is not linked to a run", hidden(send("POST", "api/2.0/mlflow/traces/link-to-run", bob, json=link)))
allow(secret, "READ")

check("a readable trace is linked to a run", send("POST", "api/2.0/mlflow/traces/link-to-run", bob, json=link).status_code == 200)
allow(experiment, "MANAGE")
check("MANAGE allows deleting traces", send("POST", "api/2.0/mlflow/traces/delete-traces", bob, json=remove).status_code == 200)
spans = {"headers": {"Content-Type": "application/x-protobuf", "X-Mlflow-Experiment-Id": secret}, "data": b""}
check("spans need credentials", send("POST", "v1/traces", **spans).status_code == 401)
check("READ does not allow sending spans", hidden(send("POST", "v1/traces", bob, **spans)))
allow(secret, "EDIT")
check("EDIT allows sending spans", not hidden(send("POST", "v1/traces", bob, **spans)))

# Webhooks are for administrators
hooks = "api/2.0/mlflow/webhooks"
hook = {"name": "w", "url": "https://8.8.8.8/w", "events": [{"entity": "MODEL_VERSION", "action": "CREATED"}]}
check("users create no webhook", hidden(send("POST", hooks, bob, json=hook)))
check("users list no webhooks", hidden(send("GET", hooks, bob)))
made = send("POST", hooks, ADMIN, json=hook)
check("administrators create a webhook", made.status_code == 200)
one = f"{hooks}/{made.json()['webhook']['webhook_id']}"
for method, path, body in [("GET", one, None), ("PATCH", one, {"name": "x"}), ("POST", f"{one}/test", {}), ("DELETE", one, None)]:
    check(f"{method} of a webhook is refused to users", hidden(send(method, path, bob, json=body)))
check("administrators read, change and delete it", all(send(method, one, ADMIN, json={"name": "x"} if method == "PATCH" else None).ok for method in ("GET", "PATCH", "DELETE")))

# Paths that the server does not serve
for method, path in [("POST", "ajax-api/3.0/jobs/search"), ("POST", "ajax-api/3.0/mlflow/assistant/chat"), ("GET", "api/3.0/mlflow/gateway/secrets/list"), ("GET", "api/3.0/mlflow/mcp-servers")]:
    answer = send(method, path, bob, json={} if method == "POST" else None)
    check(f"{path} is not found", (answer.status_code, answer.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND"))
odd = send("POST", "api/2.0/mlflow/experiments/search", json={}, headers={"Host": "example.com/health?x="})
check("an odd Host header does not replace credentials", odd.status_code in (400, 401, 403, 421))
