"""Calls MLflow's clients as several users, who sign in with the name and password in the environment."""
import os
from contextlib import contextmanager

PASSWORD = "three small stones"


@contextmanager
def user(name, password=PASSWORD):
    os.environ["MLFLOW_TRACKING_USERNAME"] = name
    os.environ["MLFLOW_TRACKING_PASSWORD"] = password
    try:
        yield
    finally:
        del os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"]


def admin():
    return user("admin", os.environ["ADMIN_PASSWORD"])
