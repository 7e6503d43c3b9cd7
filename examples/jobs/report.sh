echo "Run $1 is in experiment $MLFLOW_EXPERIMENT_ID"
