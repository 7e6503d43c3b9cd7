import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HttpTransport } from '@cairn/sdk/http'
import { registerModel } from '@cairn/sdk/models/log-model'
import { withRun } from '@cairn/sdk/run'
import { ServingClient } from '@cairn/sdk/serving'
import { TrackingClient } from '@cairn/sdk/tracking'
import { type Peer, start, startCairn } from '../servers.js'
import type { Target } from './load.js'

/** A server with a model, and how it is queried. */
export interface ServingPeer extends Peer {
  readonly target: Omit<Target, 'body'>
}

const served = async (peer: Promise<Peer>): Promise<ServingPeer> => {
  const started = await peer
  return { ...started, target: { url: `${started.url}/invocations` } }
}

const script = (name: string, port: number, ...args: string[]) => [
  process.execPath,
  ...['--conditions=source', '--conditions=built-threads', '--import', import.meta.resolve('tsx')],
  ...[new URL(name, import.meta.url).pathname, String(port), ...args],
]

export const startFloor = () => served(start('bare Fastify', undefined, (port) => script('./floor.ts', port)))

/** Starts a bare Fastify handler that passes bodies to a model in a thread. */
export const startThreadFloor = (folder: string) =>
  served(start('Fastify and a model thread', undefined, (port) => script('./thread-floor.ts', port, folder)))

/** Starts `mlflow models serve` with one worker. */
export const startMlflowServing = (python: string, folder: string) =>
  served(
    start('mlflow models serve', dirname(folder), (port) => [
      join(dirname(python), 'mlflow'),
      ...[
        'models',
        'serve',
        '-m',
        folder,
        '--env-manager',
        'local',
        '--workers',
        '1',
        '--port',
        String(port),
      ],
    ]),
  )

/** A server of ours with a model, and how further endpoints of its version are created. */
export interface CairnServing extends ServingPeer {
  serve(name: string): Promise<ServingPeer['target']>
}

/** Serves the model of a folder on a fresh server, which is queried with a token and records queries in an inference table. @param settings of the served entity */
export async function startCairnServing(folder: string, settings: object = {}): Promise<CairnServing> {
  const cairn = await startCairn()
  const transport = new HttpTransport({ baseUrl: cairn.url })
  const client = new TrackingClient(transport)
  await withRun({ client, experiment: 'bench' }, async (run) => {
    const model = await run.logModel(await filesOf(folder), { name: 'model' })
    await registerModel(client, model, { name: 'model' })
  })
  const { token_value } = await transport.call<{ token_value: string }>({
    method: 'POST',
    path: '/api/2.0/token/create',
    json: { comment: 'bench' },
  })
  const serving = new ServingClient(transport)
  const serve = async (name: string) => {
    const entity = { entity_name: 'model', entity_version: '1', ...settings }
    await serving.create(name, { served_entities: [entity] })
    await serving.wait(name)
    const url = `${cairn.url}/serving-endpoints/${name}/invocations`
    return { url, headers: { authorization: `Bearer ${token_value}` } }
  }
  const target = await serve('bench')
  await recordQueries(transport)
  return { ...cairn, serve, target }
}

/** The same endpoint by the Open Inference Protocol. */
export const openInference = (cairn: ServingPeer): ServingPeer => ({
  ...cairn,
  target: { ...cairn.target, url: `${cairn.url}/v2/models/bench/infer` },
})

/** Turns the inference table of the endpoint on. */
async function recordQueries(transport: HttpTransport): Promise<void> {
  const unity = '/api/2.1/unity-catalog'
  await transport.call({ method: 'POST', path: `${unity}/catalogs`, json: { name: 'bench' } })
  await transport.call({
    method: 'POST',
    path: `${unity}/schemas`,
    json: { catalog_name: 'bench', name: 'logs' },
  })
  await transport.call({
    method: 'PUT',
    path: '/api/2.0/serving-endpoints/bench/ai-gateway',
    json: { inference_table_config: { enabled: true, catalog_name: 'bench', schema_name: 'logs' } },
  })
}

async function filesOf(folder: string): Promise<Record<string, Uint8Array>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Object.fromEntries(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name)
        return [path.slice(folder.length + 1), await readFile(path)] as const
      }),
    ),
  )
}
