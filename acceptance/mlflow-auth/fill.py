"""Fills an MLflow store and a basic-auth database, with MLflow's own code: `fill.py STORE_URI AUTH_URI`."""
import sys

from mlflow import MlflowClient
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

store_uri, auth_uri = sys.argv[1:]
client = MlflowClient(store_uri, store_uri)
alpha, beta = client.create_experiment("alpha"), client.create_experiment("beta")
client.create_run(alpha)
client.create_registered_model("movies")

store = SqlAlchemyStore()
store.init_db(auth_uri)
store.create_user("root", "seven high dunes", is_admin=True)
store.create_user("legacy", "password1234", is_admin=True)
store.create_user("ada", "three small stones")
store.create_user("bob", "four grey herons")
store.create_user("bad/name", "five long rivers")
store.create_experiment_permission(alpha, "ada", "MANAGE")
store.create_experiment_permission(alpha, "bob", "EDIT")
store.create_experiment_permission("999", "bob", "READ")
store.create_registered_model_permission("movies", "ada", "READ")
store.create_registered_model_permission("nowhere", "ada", "READ")
store.create_scorer_permission(alpha, "judge", "bob", "READ")
if hasattr(store, "create_role"):
    role = store.create_role("readers", "default", "They read")
    store.add_role_permission(role.id, "experiment", beta, "READ")
    store.add_role_permission(role.id, "registered_model", "movies", "DENY")
    store.assign_role_to_user(store.get_user("bob").id, role.id)
    store.create_role("elsewhere", "another")
else:
    store.create_experiment_permission(beta, "bob", "NO_PERMISSIONS")
