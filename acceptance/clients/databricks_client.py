"""Creates the clients of databricks-sdk for the scripts beside this one. They time out early, so that a failing script ends."""
import os

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config


def workspace(token):
    return WorkspaceClient(
        config=Config(
            host=os.environ["CAIRN_URL"], token=token, auth_type="pat", retry_timeout_seconds=5, http_timeout_seconds=120
        )
    )


def refused(call, error):
    try:
        call()
    except error:
        return True
    return False
