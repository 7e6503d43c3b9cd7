"""MLflow's own client of its scoring server: mlflow_scoring_client.py PORT."""

import sys

from mlflow.pyfunc.scoring_server.client import ScoringServerClient
from sklearn.datasets import load_iris

import pandas as pd

from facts import check

client = ScoringServerClient(host="127.0.0.1", port=int(sys.argv[1]))
client.wait_server_ready()
check("the server is ready", True)
flowers = load_iris()
predicted = client.invoke(pd.DataFrame(flowers.data[:, :2])).get_predictions().to_numpy()[:, 0]
check("predictions are read", len(predicted) == 150 and (predicted == flowers.target).mean() > 0.8)
check("the version is text", client.get_version().count(".") == 2)
