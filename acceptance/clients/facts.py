"""Checks for the scripts beside this one: prints a line for each check that passes, and ends the script at the first failure."""


def check(fact, holds):
    assert holds, fact
    print("ok", fact)


def refused(call, words):
    """Whether a call of mlflow's client fails with a message that contains the words."""
    from mlflow.exceptions import MlflowException  # some of the scripts do not import mlflow

    try:
        call()
        return False
    except MlflowException as error:
        return words in str(error)
