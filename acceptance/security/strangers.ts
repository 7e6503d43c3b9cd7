import { type OperationToTry, operationsOf, plausible } from '../bad-input/operations.js'
import { type Answer, send } from '../harness/api.js'

/** What nobody needs a token for. Whatever joins this list is open to everybody who reaches the server. */
export const OPEN = ['getServerInfo', 'getDatabricksConfig']

/** Each asked as well as its description allows, so that only the right can be what is missing. */
export async function askAll(
  url: string,
  token: string | undefined,
): Promise<{ readonly operation: OperationToTry; readonly answer: Answer }[]> {
  const asked = []
  for (const operation of await operationsOf(url)) {
    const { method, takesBody, schema } = operation
    const input = plausible(schema, {}) as Record<string, unknown>
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(input[name] ?? 'x'))
    const query = Object.fromEntries(
      Object.entries(input).filter(([, value]) => ['string', 'number'].includes(typeof value)),
    ) as Record<string, string>
    const sent = takesBody ? { body: input } : { query }
    asked.push({ operation, answer: await send(url, method, path, { token, ...sent }) })
  }
  return asked
}

/** What the description of the API leaves out, and all of which shows or changes what is somebody's. */
export const UNDESCRIBED: readonly (readonly [string, string, Readonly<Record<string, string>>?])[] = [
  ['POST', '/v1/traces', { 'x-mlflow-experiment-id': '0' }],
  ['GET', '/get-artifact?run_uuid=x&path=y'],
  ['GET', '/model-versions/get-artifact?name=x&version=1&path=y'],
  ['GET', '/ajax-api/2.0/mlflow/get-trace-artifact?request_id=x'],
  ['GET', '/ajax-api/3.0/mlflow/get-trace-artifact?request_id=x'],
  ['GET', '/ajax-api/2.0/mlflow/logged-models/m-x/artifacts/files?artifact_file_path=x'],
  ['PUT', '/api/2.0/mlflow-artifacts/artifacts/0/x'],
  ['GET', '/api/2.0/mlflow-artifacts/artifacts/0/x'],
  ['DELETE', '/api/2.0/mlflow-artifacts/artifacts/0/x'],
  ['POST', '/api/2.0/mlflow-artifacts/mpu/create/0/x'],
  ['POST', '/api/2.0/mlflow-artifacts/mpu/complete/0/x'],
  ['POST', '/api/2.0/mlflow-artifacts/mpu/abort/0/x'],
  ['GET', '/api/2.0/mlflow-artifacts/presigned/0/x'],
  ['POST', '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=x&path=y'],
]
