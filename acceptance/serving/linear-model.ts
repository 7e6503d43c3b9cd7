import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type ApiResponse, api, send } from '../harness/api.js'
import { root } from '../harness/root.js'

const LINEAR = join(root, 'flavors/src/onnx/golden/linear')
/** The sign bytes of the four weights in the linear model. */
const SIGNS = [46, 50, 54, 58]

export const ROW = { dataframe_records: [{ a: 1, b: 2, c: 3, d: 4 }] }
/** The prediction of the linear model for `ROW`; that of its negative has the other sign. */
export const PREDICTION = -3.786059856414795

/** Writes the linear model, or its negative, to `path` and registers it as a version of the model `linear`. @returns its version */
export async function registerLinear(
  url: string,
  path: string,
  sign: 1 | -1,
  token?: string,
): Promise<string> {
  const graph = await readFile(join(LINEAR, 'model.onnx'))
  if (sign < 0) for (const at of SIGNS) graph[at]! ^= 0x80
  const files = { MLmodel: await readFile(join(LINEAR, 'MLmodel')), 'model.onnx': graph }
  for (const [name, body] of Object.entries(files)) {
    const put = await send(url, 'PUT', `/api/2.0/mlflow-artifacts/artifacts/${path}/${name}`, { body, token })
    if (put.status !== 200) throw new Error(put.text)
  }
  const { model_version } = await api(url, token).post<{ model_version: { version: string } }>(
    '/api/2.0/mlflow/model-versions/create',
    { name: 'linear', source: `mlflow-artifacts:/${path}` },
  )
  return model_version.version
}

/** Registers, serves and queries versions of the model `linear` on a server. */
export function linearModels(url: string) {
  const { post } = api(url)
  return {
    create: () => post('/api/2.0/mlflow/registered-models/create', { name: 'linear' }),
    register: (path: string, sign: 1 | -1) => registerLinear(url, path, sign),

    /** Creates an endpoint and waits until it answers. */
    async deploy(name: string, entity_version: string, settings: object = {}) {
      const config = { served_entities: [{ entity_name: 'linear', entity_version, ...settings }] }
      await post('/api/2.0/serving-endpoints', { name, config })
      await expect.poll(async () => (await this.query(name)).status, { timeout: 60_000 }).toBe(200)
    },

    query: (name: string, body: object | string = ROW): Promise<ApiResponse> =>
      send(url, 'POST', `/serving-endpoints/${name}/invocations`, {
        body,
        headers: { 'content-type': 'application/json' },
      }),

    async predictionOf(name: string): Promise<number> {
      return firstPrediction(await this.query(name))
    },
  }
}

export const firstPrediction = (answer: ApiResponse) =>
  answer.json<{ predictions: [{ Y: number }] }>().predictions[0].Y

/** The prediction for `ROW`, and the version that answered. */
export async function predictLinear(url: string, endpoint: string) {
  const answer = await send(url, 'POST', `/serving-endpoints/${endpoint}/invocations`, { body: ROW })
  if (answer.status !== 200) return { status: answer.status }
  return { value: firstPrediction(answer), version: answer.headers.get('served-model-version') }
}
