"""Task values, parameters and notebook exits for tasks of Cairn's jobs, like Databricks' `dbutils`.

    from cairn_tasks import dbutils
    dbutils.jobs.taskValues.set(key="rows", value=42)
    rows = dbutils.jobs.taskValues.get(taskKey="prepare", key="rows")
    env = dbutils.widgets.get("env")

Needs the standard library only. Values are small JSON values of at most 48 KiB.
"""

import json
import os
import urllib.error
import urllib.parse
import urllib.request

_MISSING = object()


class TaskValuesError(Exception):
    """The server has rejected a task value."""


def _call(method, body=None, query=""):
    request = urllib.request.Request(
        os.environ["MLFLOW_TRACKING_URI"] + "/api/cairn/v1/task-values" + query,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"],
            "Content-Type": "application/json",
        },
    )
    # The server is local or named by its administrator: proxies of the environment are for packages.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        try:
            message = json.load(error)["message"]
        except (ValueError, KeyError):
            message = str(error)
        raise TaskValuesError(message) from None


class _TaskValues:
    def set(self, key, value):
        """Sets a value of this task, which later tasks read as `{{tasks.KEY.values.NAME}}`."""
        _call("POST", {"key": key, "value": value})

    def get(self, taskKey, key, default=_MISSING, debugValue=None):
        """Returns a value that an upstream task set or returned, or `default`. Raises KeyError without both."""
        query = urllib.parse.urlencode({"task_key": taskKey, "key": key})
        values = _call("GET", query="?" + query)["values"]
        if key in values:
            return values[key]
        if default is not _MISSING and default is not None:
            return default
        raise KeyError(f"Task '{taskKey}' has no value '{key}'")


class _Jobs:
    taskValues = _TaskValues()


class _Widgets:
    def get(self, name):
        """Returns a parameter of the notebook or, without one, of the job."""
        values = self.getAll()
        if name not in values:
            raise KeyError(f"No parameter '{name}'")
        return values[name]

    def getAll(self):
        parameters = json.loads(os.environ.get("CAIRN_JOB_PARAMETERS", "{}"))
        return {**self._defaults, **parameters, **json.loads(os.environ.get("CAIRN_NOTEBOOK_PARAMETERS", "{}"))}

    _defaults = {}

    def text(self, name, defaultValue="", label=None):
        self._defaults[name] = defaultValue

    def dropdown(self, name, defaultValue, choices, label=None):
        self._defaults[name] = defaultValue


class _Notebook:
    def exit(self, value=""):
        """Ends the notebook; `value` is its output."""
        with open(os.environ["CAIRN_NOTEBOOK_RESULT"], "w", encoding="utf-8") as result:
            result.write(str(value))
        raise SystemExit(0)


class _DbUtils:
    jobs = _Jobs()
    widgets = _Widgets()
    notebook = _Notebook()


dbutils = _DbUtils()
task_values = _Jobs.taskValues
