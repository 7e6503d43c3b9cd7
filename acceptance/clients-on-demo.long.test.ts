import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDemoServer } from './harness/demo.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { runProcess } from './harness/run-process.js'
import type { Server } from './harness/server.js'
import { ownersToken, tokenOf } from './harness/tokens.js'

describe.skipIf(!python)('official clients on a server with the demo', () => {
  let server: Server
  beforeAll(async () => {
    server = await startDemoServer({ inPlace: true })
  })
  afterAll(() => server?.stop())

  test.each([
    [
      'databricks-sdk tracks, serves and lists jobs, and mlflow.deployments queries',
      'databricks_serving.py',
      17,
    ],
    ['databricks-sdk manages catalogs, tables, files, grants and identities', 'databricks_catalog.py', 38],
    ['unitycatalog-client manages catalogs, schemas, tables and volumes', 'unity_catalog.py', 20],
    ['polars and deltalake read ratings as modelling, and are refused as web', 'polars_reader.py', 13],
  ])('%s', async (_what, name, leastFacts) => {
    const { url } = server
    const env = {
      CAIRN_URL: url,
      CAIRN_TOKEN: await ownersToken(url),
      CAIRN_READER: 'trainer',
      CAIRN_READER_TOKEN: await tokenOf(url, 'trainer'),
      CAIRN_STRANGER_TOKEN: await tokenOf(url, 'movies-web'),
    }
    const printed = await runPython(join(root, 'acceptance/clients', name), { env })
    expect(printed.match(/^ok /gm)?.length ?? 0).toBeGreaterThanOrEqual(leastFacts)
  })
})

test('examples/query-endpoint.sh recommends five films', async () => {
  const server = await startDemoServer({ inPlace: true })
  try {
    const env = { MLFLOW_TRACKING_URI: server.url }
    const query = () => runProcess(join(root, 'examples/query-endpoint.sh'), [], { env })
    // A server that has just started answers 503 until the model is loaded.
    await expect.poll(async () => (await query()).code).toBe(0)
    const { stdout } = await query()
    expect(JSON.parse(stdout).predictions[0].recommendations).toHaveLength(5)
  } finally {
    await server.stop()
  }
})
