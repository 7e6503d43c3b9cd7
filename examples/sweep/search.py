"""A study of Optuna in one task: each of its trials is a child run."""
import mlflow
import optuna


def objective(trial):
    x = trial.suggest_float("x", -10, 10)
    with mlflow.start_run(nested=True):
        mlflow.log_param("x", x)
        loss = (x - 2) ** 2
        mlflow.log_metric("loss", loss)
    return loss


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))
with mlflow.start_run(run_name="optuna"):
    study.optimize(objective, n_trials=10)
    mlflow.log_metric("loss", study.best_value)
print(f"the best of {len(study.trials)} trials is x = {study.best_params['x']:.2f}")
