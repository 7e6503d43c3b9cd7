import type { ModelHost } from '../runtime/model-host.js'

/** Sends a request in MLflow's protocol, and returns its predictions. @throws the model's error */
export async function predictionsOf(model: ModelHost, input: object): Promise<unknown> {
  const bytes = new Uint8Array(Buffer.from(JSON.stringify(input)))
  const body = { bytes, contentType: 'application/json' }
  const { response } = await model.predict({ protocol: 'mlflow', body, name: 'model', version: '1' })
  return (JSON.parse(String(response.body)) as { predictions: unknown }).predictions
}
