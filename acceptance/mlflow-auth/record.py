"""Sends the steps of `steps.json` to an MLflow server and prints one response per step: `record.py URL VERSION ADMIN_PASSWORD`.
Start the server with `mlflow server --app-name basic-auth`, on an empty folder, with default_permission = READ."""
import json
import sys
from pathlib import Path

import requests

url, version, admin_password = sys.argv[1:]
passwords = {"admin": admin_password}
saved = {"version": version}


def filled(value):
    if isinstance(value, dict):
        return {key: filled(one) for key, one in value.items()}
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return saved[value[1:-1]]
    return value


for step in json.loads(Path(__file__).with_name("steps.json").read_text()):
    if version not in step.get("versions", [version]):
        continue
    user, _, password = step.get("as", "admin").partition(":")
    body = filled(step["body"])
    method, path = step["call"].split(" ")
    answer = requests.request(
        method,
        url + path,
        auth=None if user == "nobody" else (user, password or passwords[user]),
        **({"params": body} if method == "GET" else {"json": body}),
        timeout=60,
    )
    if "sets" in step and answer.ok:
        passwords.update(step["sets"])
    try:
        content = answer.json()
    except ValueError:
        content = answer.text
    for name, keys in step.get("saves", {}).items():
        value = content
        for key in keys.split("."):
            value = value[key]
        saved[name] = value
    print(json.dumps({"step": step["name"], "status": answer.status_code, "answer": content}))
