import { loadModel, type ServableModel } from '@cairn/flavors/load'
import { predict } from '@cairn/flavors/testing/predict'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { unzipGolden } from '@cairn/flavors/xgboost/testing/golden'
import { ApiError } from '@cairn/platform/errors'
import { newFolder } from '@cairn/platform/testing/folders'
import { beforeAll, expect, test } from 'vitest'
import { mlflow } from './mlflow.js'

interface Exchange {
  readonly name: string
  readonly request: { readonly content_type: string; readonly body: string | { readonly hex: string } }
  readonly status: number
  readonly response: string
}

const lines = unzipGolden('serving/exchanges.jsonl').toString().trim().split('\n')
const exchanges = lines.map((line) => JSON.parse(line) as Exchange)

/** MLflow answers the first with 500, and compares media types by case, which RFC 9110 forbids. */
const BETTER_STATUS: Readonly<Record<string, number>> = { invalid_utf8: 400, ct_upper: 200 }

let model: ServableModel
beforeAll(async () => {
  const folder = newFolder()
  await writeFolder(folder, {
    MLmodel: unzipGolden('serving/MLmodel').toString(),
    'model.ubj': unzipGolden('serving/model.ubj'),
  })
  model = await loadModel(folder)
})

async function respond({ request }: Exchange): Promise<{ status: number; body: string }> {
  const { content_type: contentType, body } = request
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.hex, 'hex')
  const { flavor, signature } = model
  const description = { name: 'recorded', version: '1', flavor, ...(signature && { signature }) }
  try {
    const { input, write } = mlflow.read({ bytes, contentType }, description)
    return { status: 200, body: String(write(await predict(model, input)).body) }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { status: error.statusCode, body: JSON.stringify(error) }
  }
}

test.each(exchanges.map((exchange) => [exchange.name, exchange] as const))(
  '%s is answered like by MLflow 3.11',
  async (name, exchange) => {
    const response = await respond(exchange)
    expect(response.status).toBe(BETTER_STATUS[name] ?? exchange.status)
    if (exchange.status === 200) expect(JSON.parse(response.body)).toEqual(JSON.parse(exchange.response))
    if (name === 'ct_upper') expect(JSON.parse(response.body)).toEqual({ predictions: [0.9995771050453186] })
  },
)
