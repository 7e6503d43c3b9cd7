import { minimalInput, type OperationToTry, operationsOf } from '../bad-input/operations.js'
import { type ApiResponse, send } from '../harness/api.js'

/** Operations without authentication. Everybody who reaches the server can call an operation on this list. */
export const UNAUTHENTICATED_OPERATIONS = [
  'getServerInfo',
  'getDatabricksConfig',
  'inferenceServerMetadata',
  'inferenceServerLive',
  'inferenceServerReady',
  'getSignInOptions',
  'signIn',
  'signOut',
  'lookUpInvite',
  'acceptInvite',
]

/** Calls every operation with a valid input, so that only the right can be missing. */
export async function callEveryOperation(
  url: string,
  token: string | undefined,
): Promise<{ readonly operation: OperationToTry; readonly answer: ApiResponse }[]> {
  const asked = []
  for (const operation of await operationsOf(url)) {
    const { method, takesBody, schema } = operation
    const input = minimalInput(schema, {}) as Record<string, unknown>
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(input[name] ?? 'x'))
    const query = Object.fromEntries(
      Object.entries(input).filter(([, value]) => ['string', 'number'].includes(typeof value)),
    ) as Record<string, string>
    const sent = takesBody ? { body: input } : { query }
    asked.push({ operation, answer: await send(url, method, path, { token, ...sent }) })
  }
  return asked
}

/** Routes outside the OpenAPI document that read or change data. */
export const UNDOCUMENTED_ROUTES: readonly (readonly [string, string, Readonly<Record<string, string>>?])[] =
  [
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
