"""What the scripts beside this one share: they print a line for each fact that holds, and end at the first that does not."""


def check(fact, holds):
    assert holds, fact
    print("ok", fact)


def refused(call, words):
    """Whether mlflow's client is told so, in these words among others."""
    from mlflow.exceptions import MlflowException  # some of the scripts know nothing of mlflow

    try:
        call()
        return False
    except MlflowException as error:
        return words in str(error)
