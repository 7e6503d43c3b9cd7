import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type ApiResponse, api, send } from '../harness/api.js'
import { root } from '../harness/root.js'

const LINEAR = join(root, 'flavors/src/onnx/golden/linear')
/** The sign bytes of the four weights in the linear model. */
const SIGNS = [46, 50, 54, 58]

export const ROW = { dataframe_records: [{ a: 1, b: 2, c: 3, d: 4 }] }
/** Of the model for `ROW`; its negative is the prediction of the negated model. */
export const PREDICTION = -3.786059856414795

/** Registers and serves versions of a linear ONNX model on a server. */
export function linearModels(url: string, token?: string) {
  const { post } = api(url, token)
  return {
    create: () => post('/api/2.0/mlflow/registered-models/create', { name: 'linear' }),

    /** Writes the linear model, or its negative, to `path` and registers it. @returns its version */
    async register(path: string, sign: 1 | -1): Promise<string> {
      const graph = await readFile(join(LINEAR, 'model.onnx'))
      if (sign < 0) for (const at of SIGNS) graph[at]! ^= 0x80
      const files = { MLmodel: await readFile(join(LINEAR, 'MLmodel')), 'model.onnx': graph }
      for (const [name, body] of Object.entries(files)) {
        const put = `/api/2.0/mlflow-artifacts/artifacts/${path}/${name}`
        expect((await send(url, 'PUT', put, { body, token })).status).toBe(200)
      }
      const { model_version } = await post<{ model_version: { version: string } }>(
        '/api/2.0/mlflow/model-versions/create',
        { name: 'linear', source: `mlflow-artifacts:/${path}` },
      )
      return model_version.version
    },

    /** Creates an endpoint and waits until it answers. */
    async deploy(name: string, entity_version: string, settings: object = {}) {
      const config = { served_entities: [{ entity_name: 'linear', entity_version, ...settings }] }
      await post('/api/2.0/serving-endpoints', { name, config })
      await expect.poll(async () => (await this.query(name)).status, { timeout: 60_000 }).toBe(200)
    },

    query: (name: string, body: object | string = ROW): Promise<ApiResponse> =>
      send(url, 'POST', `/serving-endpoints/${name}/invocations`, {
        body,
        token,
        headers: { 'content-type': 'application/json' },
      }),

    async predictionOf(name: string): Promise<number> {
      return firstPrediction(await this.query(name))
    },
  }
}

export const firstPrediction = (answer: ApiResponse) =>
  answer.json<{ predictions: [{ Y: number }] }>().predictions[0].Y
