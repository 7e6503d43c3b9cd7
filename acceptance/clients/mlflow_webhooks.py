"""The official mlflow, unmodified: webhooks are created, tested and delivered to a receiver in this process."""
import base64
import hashlib
import hmac
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import mlflow
from mlflow import MlflowClient
from mlflow.entities.webhook import WebhookAction, WebhookEntity, WebhookEvent, WebhookStatus

from facts import check, refused

URI = os.environ["CAIRN_URL"]
SECRET = "test-secret-key"
mlflow.set_tracking_uri(URI)
mlflow.set_registry_uri(URI)
client = MlflowClient()


class Receiver(BaseHTTPRequestHandler):
    """Answers with the status that its path selects, and records requests and statuses."""

    log = []
    arrived = threading.Condition()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with self.arrived:
            attempt = sum(entry["path"] == self.path for entry in self.log) + 1
            status = self.status(body, attempt)
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.log.append({"path": self.path, "status": status, "headers": headers, "sent": json.loads(body)})
            self.arrived.notify_all()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(b'{"status": "received"}')

    def status(self, body, attempt):
        if self.path == "/flaky":
            return 500 if attempt <= 2 else 200
        if self.path == "/limited":
            return 429 if attempt == 1 else 200
        if self.path == "/secure":
            return self.verdict(body)
        return 200 if self.path.startswith("/plain") else 404

    def verdict(self, body):
        given = self.headers.get("X-MLflow-Signature")
        if not given:
            return 400
        signed = f"{self.headers['X-MLflow-Delivery-Id']}.{self.headers['X-MLflow-Timestamp']}.{body}"
        expected = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()
        return 200 if given == f"v1,{base64.b64encode(expected).decode()}" else 401

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("0.0.0.0", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()


def at(path):
    return f"http://localhost:{server.server_port}{path}"


def event(name):
    entity, action = name.split(".")
    return WebhookEvent(WebhookEntity(entity), WebhookAction(action))


def came(path, count=1):
    with Receiver.arrived:
        arrived = lambda: [entry for entry in Receiver.log if entry["path"] == path]
        assert Receiver.arrived.wait_for(lambda: len(arrived()) >= count, timeout=240), (path, Receiver.log)
        return arrived()


def check_delivery(name, data, change):
    """Creates a webhook for one event, makes the change, and compares the delivered event."""
    path = f"/plain/{name}"
    hook = client.create_webhook(name=name, url=at(path), events=[event(name)])
    change()
    [entry] = came(path)
    sent = entry["sent"]
    check(f"{name} is delivered", f"{sent['entity']}.{sent['action']}" == name and sent["data"] == data)
    client.delete_webhook(hook.webhook_id)


made = client.create_webhook(
    name="first.hook_1-a",
    url=at("/plain"),
    events=[event("model_version_tag.set"), event("registered_model.created")],
    description="described",
    secret=SECRET,
)
check("a webhook is created", made.name == "first.hook_1-a" and made.url == at("/plain") and made.description == "described")
check("the events of a webhook keep their order", [str(one) for one in made.events] == ["model_version_tag.set", "registered_model.created"])
check("a new webhook is active, and its secret is not returned", made.status == WebhookStatus.ACTIVE and made.secret is None)
check("a webhook is read back", repr(client.get_webhook(made.webhook_id)) == repr(made))
changed = client.update_webhook(made.webhook_id, name="other", status=WebhookStatus.DISABLED)
check("name and status are updated", changed.name == "other" and changed.status == WebhookStatus.DISABLED)
check("other fields stay unchanged", changed.description == "described" and len(changed.events) == 2)
changed = client.update_webhook(made.webhook_id, events=[event("prompt.created")], url=at("/plain/b"))
check("events and URL are updated", [str(one) for one in changed.events] == ["prompt.created"] and changed.url == at("/plain/b"))
others = [client.create_webhook(name=f"n{i}", url=at("/plain"), events=[event("prompt.created")]) for i in range(3)]
page = client.list_webhooks(max_results=3)
rest = client.list_webhooks(max_results=3, page_token=page.token)
check("webhooks are listed in pages", {one.webhook_id for one in [*page, *rest]} == {one.webhook_id for one in [made, *others]})
check("the last page has no token", not rest.token)
for one in client.list_webhooks():
    client.delete_webhook(one.webhook_id)
check("webhooks are deleted", list(client.list_webhooks()) == [])
check("a deleted webhook is not found", refused(lambda: client.get_webhook(made.webhook_id), f"Webhook with ID {made.webhook_id} not found"))
for name in ["-a", "a b", "x" * 64]:
    create = lambda: client.create_webhook(name=name, url=at("/plain"), events=[event("prompt.created")])
    check(f"the name {name[:9]} is rejected", refused(create, "It must start and end with a letter or digit"))
for url, words in [("ftp://example.com", "Invalid webhook URL scheme: 'ftp'"), ("http://[invalid", "Invalid webhook URL"), ("  ", "cannot be empty or just whitespace")]:
    create = lambda: client.create_webhook(name="a", url=url, events=[event("prompt.created")])
    check(f"the URL {url} is rejected", refused(create, words))

tags = {"k": "v"}
check_delivery(
    "registered_model.created",
    {"name": "m", "tags": tags, "description": "d"},
    lambda: client.create_registered_model("m", tags, "d"),
)
check_delivery(
    "model_version.created",
    {"name": "m", "version": "1", "source": "s3://bucket/model", "run_id": "1234", "tags": tags, "description": "d"},
    lambda: client.create_model_version("m", "s3://bucket/model", "1234", tags=tags, description="d"),
)
one = {"name": "m", "version": "1"}
check_delivery("model_version_tag.set", {**one, "key": "a", "value": "b"}, lambda: client.set_model_version_tag("m", "1", "a", "b"))
check_delivery("model_version_tag.deleted", {**one, "key": "a"}, lambda: client.delete_model_version_tag("m", "1", "a"))
check_delivery("model_version_alias.created", {**one, "alias": "A"}, lambda: client.set_registered_model_alias("m", "A", "1"))
check_delivery("model_version_alias.deleted", {"name": "m", "alias": "A"}, lambda: client.delete_registered_model_alias("m", "A"))

check_delivery("prompt.created", {"name": "p", "tags": tags, "description": "d"}, lambda: client.create_prompt("p", "d", tags))
check_delivery(
    "prompt_version.created",
    {"name": "p", "version": "1", "template": "Hello {{name}}!", "tags": tags, "description": "first"},
    lambda: client.create_prompt_version("p", "Hello {{name}}!", "first", tags),
)
one = {"name": "p", "version": "1"}
check_delivery("prompt_tag.set", {"name": "p", "key": "a", "value": "b"}, lambda: client.set_prompt_tag("p", "a", "b"))
check_delivery("prompt_tag.deleted", {"name": "p", "key": "a"}, lambda: client.delete_prompt_tag("p", "a"))
check_delivery("prompt_version_tag.set", {**one, "key": "a", "value": "b"}, lambda: client.set_prompt_version_tag("p", "1", "a", "b"))
check_delivery("prompt_version_tag.deleted", {**one, "key": "a"}, lambda: client.delete_prompt_version_tag("p", "1", "a"))
check_delivery("prompt_alias.created", {**one, "alias": "A"}, lambda: client.set_prompt_alias("p", "A", 1))
check_delivery("prompt_alias.deleted", {"name": "p", "alias": "A"}, lambda: client.delete_prompt_alias("p", "A"))

names = iter(f"model{n}" for n in range(100))


def secured(secret):
    Receiver.log.clear()
    hook = client.create_webhook(name="s", url=at("/secure"), events=[event("registered_model.created")], secret=secret)
    client.create_registered_model(next(names))
    [entry] = came("/secure")
    result = client.test_webhook(hook.webhook_id)
    client.delete_webhook(hook.webhook_id)
    return entry["status"], result.success, result.response_status, result.error_message


check("deliveries and tests are signed with the secret", secured(SECRET) == (200, True, 200, None))
check("a signature with another secret is not accepted", secured("wrong-secret") == (401, False, 401, None))
check("deliveries without a secret are not signed", secured(None) == (400, False, 400, None))

hook = client.create_webhook(
    name="tests",
    url=at("/plain/tests"),
    events=[event("model_version.created"), event("model_version_tag.set"), event("budget_policy.exceeded")],
)
result = client.test_webhook(hook.webhook_id)
check("a test returns the response", result.success and json.loads(result.response_body) == {"status": "received"})
check("a test sends the example of the first event", came("/plain/tests")[0]["sent"]["data"]["source"] == "models:/123")
result = client.test_webhook(hook.webhook_id, event("model_version_tag.set"))
check("a test sends the example of a named event", came("/plain/tests", 2)[1]["sent"]["data"]["key"] == "example_key")
result = client.test_webhook(hook.webhook_id, event("budget_policy.exceeded"))
check("a test sends examples of events that Cairn never sends", came("/plain/tests", 3)[2]["sent"]["data"]["budget_amount"] == 100)
client.update_webhook(hook.webhook_id, url=at("/nowhere"))
result = client.test_webhook(hook.webhook_id)
check("a test with status 404 fails", not result.success and result.response_status == 404 and result.error_message is None)
client.delete_webhook(hook.webhook_id)

for path, statuses in [("/flaky", [500, 500, 200]), ("/limited", [429, 200])]:
    hook = client.create_webhook(name="r", url=at(path), events=[event("registered_model.created")])
    client.create_registered_model(next(names))
    entries = came(path, len(statuses))
    check(f"{path} is retried", [entry["status"] for entry in entries] == statuses)
    check("retries have the same delivery id", len({entry["headers"]["x-mlflow-delivery-id"] for entry in entries}) == 1)
    client.delete_webhook(hook.webhook_id)
