import { serverUrl } from '../app/server-url.js'

/** Python that logs two turns of a session to an experiment of this server. */
export const FIRST_SESSION = (experimentId: string) => `import mlflow

mlflow.set_tracking_uri("${serverUrl()}")
mlflow.set_experiment(experiment_id="${experimentId}")

@mlflow.trace(span_type="AGENT")
def answer(question):
    mlflow.update_current_trace(metadata={"mlflow.trace.session": "session-1"})
    return f"You asked: {question}"

answer("A heist film?")
answer("A newer one?")`
