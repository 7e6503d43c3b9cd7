"""The official databricks-sdk and mlflow.deployments manage endpoints: settings, history, roll back, logs and permissions."""
import os
import threading
import time
import warnings
from http.server import BaseHTTPRequestHandler, HTTPServer

import mlflow
import mlflow.xgboost
import numpy as np
import pandas as pd
import requests
import xgboost as xgb
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import BadRequest, NotFound
from databricks.sdk.service import serving as s

from facts import check

URI = os.environ["CAIRN_URL"]
TOKEN = os.environ["CAIRN_TOKEN"]
os.environ.update(DATABRICKS_HOST=URI, DATABRICKS_TOKEN=TOKEN, MLFLOW_TRACKING_TOKEN=TOKEN)
mlflow.set_tracking_uri(URI)
mlflow.set_experiment("/official/serving")
warnings.filterwarnings("ignore")
w = WorkspaceClient(
    config=Config(host=URI, token=TOKEN, auth_type="pat", retry_timeout_seconds=5, http_timeout_seconds=120)
)
endpoints = w.serving_endpoints
MODEL, NAME = "prices", "prices"
ROWS = [{"a": 1.0, "b": 2.0}]
MINUTE = s.AiGatewayRateLimitRenewalPeriod.MINUTE


def refusal(call, error=BadRequest):
    """Returns the message of the error, or None if the call succeeds."""
    try:
        call()
    except error as refused:
        return str(refused)


def cairn(method, path, **body):
    """Calls Cairn's own API."""
    answer = requests.request(
        method, f"{URI}/api/cairn/v1/serving-endpoints/{NAME}/{path}", json=body or None,
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    answer.raise_for_status()
    return answer.json()


def entity(version, **more):
    return s.ServedEntityInput(name="main", entity_name=MODEL, entity_version=version, scale_to_zero_enabled=False, **more)


def wait_until(holds, what):
    for _ in range(2400):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(what)


class Receiver(BaseHTTPRequestHandler):
    bodies = []

    def do_POST(self):
        Receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


receiver = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()
HOOK = f"http://127.0.0.1:{receiver.server_port}/hook"

random = np.random.default_rng(5)
table = pd.DataFrame(random.normal(size=(200, 2)), columns=["a", "b"])
for version, target in enumerate([table.a, -table.a, table.b], start=1):
    booster = xgb.train({"max_depth": 2, "nthread": 1}, xgb.DMatrix(table, target), 5)
    with mlflow.start_run():
        mlflow.xgboost.log_model(
            booster, name="model", registered_model_name=MODEL, input_example=table[:2], pip_requirements=["xgboost"]
        )
registry = mlflow.MlflowClient()
registry.set_registered_model_alias(MODEL, "champion", "1")

# Creation with every setting
created = endpoints.create_and_wait(
    name=NAME,
    config=s.EndpointCoreConfigInput(name=NAME, served_entities=[entity("@champion", workload_size="Medium")]),
    description="Prices of things",
    tags=[s.EndpointTag(key="team", value="shop")],
    rate_limits=[s.RateLimit(calls=1000, renewal_period=s.RateLimitRenewalPeriod.MINUTE, key=s.RateLimitKey.USER)],
    ai_gateway=s.AiGatewayConfig(usage_tracking_config=s.AiGatewayUsageTrackingConfig(enabled=True)),
    email_notifications=s.EmailNotifications(on_update_success=[HOOK]),
)
check("an endpoint is created with all settings", created.state.ready.value == "READY" and created.description == "Prices of things")
check("the gateway of an endpoint is returned", created.ai_gateway.usage_tracking_config.enabled)
check("the webhook of an endpoint is returned", created.email_notifications.on_update_success == [HOOK])
check("the tags of an endpoint are returned", [(tag.key, tag.value) for tag in created.tags] == [("team", "shop")])
check("the owner can manage it", created.permission_level.value == "CAN_MANAGE")
served = created.config.served_entities[0]
check("the entity has its size and its resolved version", served.workload_size == "Medium" and served.entity_version == "1")
check("routes have both names", created.config.traffic_config.routes[0].served_entity_name == "main" and created.config.traffic_config.routes[0].served_model_name == "main")
wait_until(lambda: Receiver.bodies, "the webhook was not called")
check("the webhook is called after a deployment", '"UPDATE_SUCCEEDED"' in Receiver.bodies[0] and NAME in Receiver.bodies[0])

# Rate limits
limits = [s.RateLimit(calls=60, renewal_period=s.RateLimitRenewalPeriod.MINUTE, key=s.RateLimitKey.ENDPOINT)]
check("rate limits are replaced", endpoints.put(NAME, rate_limits=limits).rate_limits == limits)
check("rate limits are cleared", not endpoints.put(NAME, rate_limits=[]).rate_limits)
twice = refusal(lambda: endpoints.put(NAME, rate_limits=limits * 2))
check("a repeated limit is rejected by field", "rate_limits[1]" in twice)

# AI gateway
w.groups.create(display_name="analysts")
gateway_limits = [
    s.AiGatewayRateLimit(calls=100, renewal_period=MINUTE, key=s.AiGatewayRateLimitKey.USER_GROUP, principal="analysts"),
    s.AiGatewayRateLimit(calls=10_000, renewal_period=MINUTE, key=s.AiGatewayRateLimitKey.ENDPOINT),
]
w.catalogs.create("shop")
w.schemas.create("serving", catalog_name="shop")
inference_table = s.AiGatewayInferenceTableConfig(
    enabled=True, catalog_name="shop", schema_name="serving", table_name_prefix="prices"
)
put = endpoints.put_ai_gateway(
    NAME, rate_limits=gateway_limits, inference_table_config=inference_table,
    usage_tracking_config=s.AiGatewayUsageTrackingConfig(enabled=False),
)
check("the gateway takes limits and an inference table", put.rate_limits == gateway_limits and put.inference_table_config == inference_table)
got = endpoints.get(NAME).ai_gateway
check("limits and inference table are read back", got.rate_limits == gateway_limits and got.inference_table_config == inference_table)
check("tokens are refused", "rate_limits[0].tokens" in refusal(lambda: endpoints.put_ai_gateway(NAME, rate_limits=[s.AiGatewayRateLimit(renewal_period=MINUTE, calls=1, tokens=5)])))
check("guardrails are refused", "guardrails" in refusal(lambda: endpoints.put_ai_gateway(NAME, guardrails=s.AiGatewayGuardrails(input=s.AiGatewayGuardrailParameters(safety=True)))))
check("fallback is refused", "fallback_config" in refusal(lambda: endpoints.put_ai_gateway(NAME, fallback_config=s.FallbackConfig(enabled=True))))
check("a group that does not exist is refused", "principal" in refusal(lambda: endpoints.put_ai_gateway(NAME, rate_limits=[s.AiGatewayRateLimit(calls=1, renewal_period=MINUTE, key=s.AiGatewayRateLimitKey.USER_GROUP, principal="nobody")])))
check("a schema that does not exist is refused", "inference_table_config" in refusal(lambda: endpoints.put_ai_gateway(NAME, inference_table_config=s.AiGatewayInferenceTableConfig(enabled=True, catalog_name="shop", schema_name="none"))))
check("rejected changes have no effect", endpoints.get(NAME).ai_gateway == got)
endpoints.put_ai_gateway(NAME, usage_tracking_config=s.AiGatewayUsageTrackingConfig(enabled=True))

# Notifications, telemetry
notified = endpoints.update_notifications(NAME, email_notifications=s.EmailNotifications(on_update_failure=[HOOK]))
check("notifications are replaced", notified.name == NAME and notified.email_notifications.on_update_failure == [HOOK])
mail = refusal(lambda: endpoints.update_notifications(NAME, email_notifications=s.EmailNotifications(on_update_success=["ann@example.com"])))
check("an e-mail address is refused", "email_notifications.on_update_success[0]" in mail and "E-mail is not sent" in mail)
telemetry = refusal(lambda: endpoints.patch_telemetry_config(NAME, telemetry_config=s.TelemetryConfig(telemetry_profile_id="x")))
check("telemetry is refused by its field", "telemetry_config" in telemetry)
check("no telemetry is accepted", endpoints.patch_telemetry_config(NAME).name == NAME)

# Tags
tags = endpoints.patch(NAME, add_tags=[s.EndpointTag(key="stage", value="test")], delete_tags=["team"])
check("tags are patched", [tag.key for tag in tags.tags] == ["stage"])

# Validation of the configuration
check("a GPU is refused", "workload_type" in refusal(lambda: endpoints.update_config(NAME, served_entities=[entity("1", workload_type=s.ServingModelWorkloadType.GPU_SMALL)])))
check("an unknown size is refused", "workload_size" in refusal(lambda: endpoints.update_config(NAME, served_entities=[entity("1", workload_size="Huge")])))
check("environment variables with another name are refused", "environment_vars" in refusal(lambda: endpoints.update_config(NAME, served_entities=[entity("1", environment_vars={"A B": "b"})])))
check("provisioned concurrency is refused", "min_provisioned_concurrency" in refusal(lambda: endpoints.update_config(NAME, served_entities=[entity("1", min_provisioned_concurrency=4)])))
check("an optimized route is refused", "route_optimized" in refusal(lambda: endpoints.create(name="other", config=s.EndpointCoreConfigInput(name=NAME, served_entities=[entity("1")]), route_optimized=True)))

# Documents and logs
answered = endpoints.query(NAME, dataframe_records=ROWS)
check("the response names the served entity", answered.served_model_name == "main" and len(answered.predictions) == 1)
metrics = endpoints.export_metrics(NAME).contents.read().decode()
check("metrics are Prometheus text about this endpoint only", f'endpoint="{NAME}"' in metrics and "# TYPE" in metrics)
openapi = endpoints.get_open_api(NAME).contents.read().decode()
check("an OpenAPI document names its URL", f"/serving-endpoints/{NAME}/invocations" in openapi)
build = endpoints.build_logs(NAME, "main").logs
check("the build log has the steps of the deployment", all(step in build for step in ["Resolved @champion", "SHA-256", "Loading", "ready"]))
check("the log has the start of the model", "Version 1 is ready." in endpoints.logs(NAME, "main").logs)
check("a missing entity has no log", refusal(lambda: endpoints.logs(NAME, "none"), NotFound))

# Permissions
levels = endpoints.get_permission_levels(created.id).permission_levels
check("the permission levels are described", [one.permission_level.value for one in levels] == ["CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"] and all(one.description for one in levels))
control = [s.ServingEndpointAccessControlRequest(group_name="analysts", permission_level=s.ServingEndpointPermissionLevel.CAN_QUERY)]
granted = endpoints.update_permissions(created.id, access_control_list=control)
check("a group is granted a level", [one.all_permissions[0].permission_level.value for one in granted.access_control_list if one.group_name == "analysts"] == ["CAN_QUERY"])
check("permissions are read back", endpoints.get_permissions(created.id) == granted)
replaced = endpoints.set_permissions(created.id, access_control_list=[]).access_control_list
check("permissions are replaced, except the owner's", [(one.user_name, one.all_permissions[0].permission_level.value) for one in replaced] == [("owner", "CAN_MANAGE")])

# An alias that moves
registry.set_registered_model_alias(MODEL, "champion", "2")
moved_at = time.monotonic()
wait_until(lambda: endpoints.get(NAME).config.served_entities[0].entity_version == "2", "the alias was not followed")
print(f"the alias was followed after {time.monotonic() - moved_at:.2f} s")
check("an alias is followed, without a new version of the configuration", endpoints.get(NAME).config.config_version == 1)
history = cairn("GET", "deployments")["deployments"]
check("the history has the reason of a deployment", [one["reason"] for one in history] == ["alias champion moved from 1 to 2", "created"])
check("the history has the digests of the files", len({one["served_entities"][0]["digest"] for one in history}) == 2)

# Updates and roll back
updated = endpoints.update_config_and_wait(NAME, served_entities=[entity("3")])
check("an update has the next version of the configuration", updated.config.config_version == 2 and updated.config.served_entities[0].entity_version == "3")
changes = {one["field"]: (one["before"], one["after"]) for one in cairn("GET", "deployments/3/diff")["changes"]}
check("the difference of two deployments names the versions", changes["main.version"] == ("2", "3"))
expected = endpoints.query(NAME, dataframe_records=ROWS).predictions
rolled = cairn("POST", "rollback", number=1)
check("rolling back deploys", rolled["state"]["config_update"] == "IN_PROGRESS")
endpoints.wait_get_serving_endpoint_not_updating(NAME)
back = endpoints.get(NAME)
check("rolling back pins the version of that time, although the alias has moved", back.config.served_entities[0].entity_version == "1" and back.config.config_version == 3)
check("the earlier model answers after a roll back", endpoints.query(NAME, dataframe_records=ROWS).predictions == answered.predictions != expected)

Receiver.bodies.clear()
missing = refusal(lambda: endpoints.update_config(NAME, served_entities=[entity("99")]), NotFound)
check("a missing version is refused with the name of its entity", missing.startswith("Served entity 'main': ") and "99" in missing)
broken = registry.create_model_version(MODEL, "mlflow-artifacts:/0/nothing").version
endpoints.update_config(NAME, served_entities=[entity(broken)])
wait_until(lambda: endpoints.get(NAME).state.config_update.value == "UPDATE_FAILED", "the update did not fail")
after = endpoints.get(NAME)
check("a failed update keeps the configuration that is served", after.state.ready.value == "READY" and after.config.config_version == 3)
check("a failed update has its reason", f"Version {broken}" in after.pending_config.served_entities[0].state.deployment_state_message)
check("the build log has the reason of a failure", f"Failed: Version {broken}" in endpoints.build_logs(NAME, "main").logs)
wait_until(lambda: Receiver.bodies, "the webhook was not called")
check("the webhook is called after a failure", '"UPDATE_FAILED"' in Receiver.bodies[0])

from mlflow.deployments import get_deploy_client  # noqa: E402

deployments = get_deploy_client("databricks")
plan = {"name": "other", "config": {"served_entities": [{"entity_name": MODEL, "entity_version": "1"}]}}
made = deployments.create_endpoint(config={**plan, "tags": [{"key": "a", "value": "b"}], "description": "d"})
check("mlflow.deployments creates an endpoint", made["name"] == "other" and made["description"] == "d")
check("mlflow.deployments lists endpoints", "other" in [one["name"] for one in deployments.list_endpoints()])
endpoints.wait_get_serving_endpoint_not_updating("other")
limit = {"calls": 5, "key": "user", "renewal_period": "minute"}
check("mlflow.deployments replaces rate limits", deployments.update_endpoint_rate_limits("other", {"rate_limits": [limit]})["rate_limits"] == [limit])
check("mlflow.deployments replaces the gateway", deployments.update_endpoint_ai_gateway("other", {"usage_tracking_config": {"enabled": True}})["usage_tracking_config"]["enabled"])
check("mlflow.deployments patches tags", deployments.update_endpoint_tags("other", {"delete_tags": ["a"]})["tags"] == [])
changed = deployments.update_endpoint_config("other", {"served_entities": [{"entity_name": MODEL, "entity_version": "2"}]})
check("mlflow.deployments updates the configuration", changed["state"]["config_update"] == "IN_PROGRESS")
endpoints.wait_get_serving_endpoint_not_updating("other")
check("mlflow.deployments queries an endpoint", len(deployments.predict(endpoint="other", inputs={"dataframe_records": ROWS})["predictions"]) == 1)
check("mlflow.deployments reads an endpoint with its limits", deployments.get_endpoint("other")["rate_limits"] == [limit])
check("mlflow.deployments deletes an endpoint", deployments.delete_endpoint("other") == {} and refusal(lambda: endpoints.get("other"), NotFound))
