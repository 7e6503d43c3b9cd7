import { serverUrl } from '../app/server-url.js'

/** Python that logs a first trace to an experiment of this server. */
export const FIRST_TRACE = (experimentId: string) => `import mlflow

mlflow.set_tracking_uri("${serverUrl()}")
mlflow.set_experiment(experiment_id="${experimentId}")

@mlflow.trace(span_type="CHAIN")
def recommend(user):
    return ["Heat", "Ran"]

recommend(7)`
