import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { HttpTransport } from '@cairn/sdk/http'
import { registerModel } from '@cairn/sdk/models/log-model'
import { withRun } from '@cairn/sdk/run'
import { ServingClient } from '@cairn/sdk/serving'
import { TrackingClient } from '@cairn/sdk/tracking'
import { type Peer, startCairn } from '../servers.js'
import { load } from '../serving/load.js'

/** Queries of an endpoint over HTTP. */
export interface EndpointRow {
  readonly reasons: boolean
  readonly clients: number
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Milliseconds of processor time of the server per request. */
  readonly cpu: number
  /** Milliseconds of processor time of the clients per request. */
  readonly clientCpu: number
}

interface Load {
  readonly rounds: number
  readonly seconds: number
  readonly queries: (reasons: boolean) => readonly object[]
}

const CLIENTS = [1, 8]
const WARM_UP_SECONDS = 2

/** Serves the model on a fresh server and measures, in alternating rounds, queries by one client and by eight. */
export async function measureEndpoint(files: ModelFiles, measured: Load): Promise<EndpointRow[]> {
  const cairn = await startCairn()
  try {
    const url = await serve(cairn, files)
    const works = [false, true].flatMap((reasons) => CLIENTS.map((clients) => ({ reasons, clients })))
    const best = new Map<object, EndpointRow>()
    for (let round = 0; round < measured.rounds; round++)
      for (const work of works) {
        const row = await measure(cairn, url, work, measured)
        // The round with the least processor time, because other load only adds to it
        if (row.cpu < (best.get(work)?.cpu ?? Number.POSITIVE_INFINITY)) best.set(work, row)
      }
    return works.map((work) => best.get(work)!)
  } finally {
    await cairn.stop()
  }
}

async function measure(
  cairn: Peer,
  url: string,
  { reasons, clients }: Pick<EndpointRow, 'reasons' | 'clients'>,
  { seconds, queries }: Load,
): Promise<EndpointRow> {
  const body = queries(reasons).map((query) => JSON.stringify({ dataframe_records: [query] }))
  await load({ url, body }, clients, WARM_UP_SECONDS)
  const [before, clientsBefore] = [cairn.cpuSeconds(), process.cpuUsage()]
  const { requests, requestsPerSecond, p50, p99, statuses } = await load({ url, body }, clients, seconds)
  const failed = Object.keys(statuses).filter((status) => status !== '200')
  if (failed.length > 0) throw new Error(`The endpoint answered ${failed}`)
  const cpu = ((cairn.cpuSeconds() - before) / requests) * 1000
  const { user, system } = process.cpuUsage(clientsBefore)
  return { reasons, clients, requestsPerSecond, p50, p99, cpu, clientCpu: (user + system) / 1000 / requests }
}

/** Logs, registers and serves the model. @returns the URL of its queries */
async function serve(cairn: Peer, files: ModelFiles): Promise<string> {
  const transport = new HttpTransport({ baseUrl: cairn.url })
  const client = new TrackingClient(transport)
  await withRun({ client, experiment: 'bench' }, async (run) => {
    const model = await run.logModel(files, { name: 'bert4rec' })
    await registerModel(client, model, { name: 'bert4rec' })
  })
  const serving = new ServingClient(transport)
  await serving.create('bert4rec', { served_entities: [{ entity_name: 'bert4rec', entity_version: '1' }] })
  await serving.wait('bert4rec')
  return `${cairn.url}/serving-endpoints/bert4rec/invocations`
}
