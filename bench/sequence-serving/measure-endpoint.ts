import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { HttpTransport } from '@cairn/sdk/http'
import { registerModel } from '@cairn/sdk/models/log-model'
import { withRun } from '@cairn/sdk/run'
import { ServingClient } from '@cairn/sdk/serving'
import { TrackingClient } from '@cairn/sdk/tracking'
import { startCairn } from '../servers.js'
import { type Latencies, summaryOf } from './result.js'

/** The queries that are measured. */
interface Load {
  readonly clients: number
  /** Requests of all clients together. */
  readonly rounds: number
  query(round: number): object
}

const WARM_UP = 50

/** Logs, registers and serves the model on a fresh server, then measures queries over keep-alive connections. */
export async function measureEndpoint(files: ModelFiles, load: Load): Promise<Latencies> {
  const cairn = await startCairn()
  try {
    const transport = new HttpTransport({ baseUrl: cairn.url })
    const client = new TrackingClient(transport)
    await withRun({ client, experiment: 'bench' }, async (run) => {
      const model = await run.logModel(files, { name: 'bert4rec' })
      await registerModel(client, model, { name: 'bert4rec' })
    })
    const serving = new ServingClient(transport)
    await serving.create('bert4rec', { served_entities: [{ entity_name: 'bert4rec', entity_version: '1' }] })
    await serving.wait('bert4rec')
    return await measure(`${cairn.url}/serving-endpoints/bert4rec/invocations`, load)
  } finally {
    await cairn.stop()
  }
}

async function measure(url: string, { clients, rounds, query }: Load): Promise<Latencies> {
  const one = async (round: number) => {
    const start = performance.now()
    const body = JSON.stringify({ dataframe_records: [query(round)] })
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    if (!response.ok) throw new Error(await response.text())
    await response.json()
    return performance.now() - start
  }
  for (let round = 0; round < WARM_UP; round++) await one(round)
  const took: number[] = []
  const start = performance.now()
  let round = 0
  const client = async () => {
    while (round < rounds) took.push(await one(round++))
  }
  await Promise.all(Array.from({ length: clients }, client))
  return { ...summaryOf(took), rate: rounds / ((performance.now() - start) / 1000) }
}
