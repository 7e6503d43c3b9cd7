import { type Peer, type Place, startCairn, startMlflow } from '../servers.js'
import { bytesOf, type Client, client, type Measured, measure } from './load.js'
import { figure, ms, progress, type Section, table, times } from './report.js'

const API = '/api/2.0/mlflow/runs'
/** After so long V8 has compiled what is asked often; after one, half the requests took a third longer than later. */
const WARM_SECONDS = 6
/** More than anybody takes. Making one takes the generator as long as sending it, so it is done before the clock runs. */
const BATCHES_A_SECOND = 800

interface Named {
  readonly name: string
  readonly figures: Readonly<Record<string, Measured>>
}

/**
 * What training does: single metrics, batches, whole short runs; on SQLite, and on PostgreSQL where there is one.
 *
 * @param postgres URLs of fresh databases
 */
export async function logging(
  python: string,
  seconds: number,
  postgres: (() => Promise<string>) | undefined,
): Promise<Section> {
  const sqlite = await against(python, seconds, async () => ({}))
  const others = postgres && (await against(python, seconds, async () => ({ databaseUrl: await postgres() })))
  const batches = sqlite.cairn.figures['log-batch of 1,000 metrics, 8 clients']!.requestsPerSecond
  return {
    text: `## Logging

${compared(sqlite)}

${(Math.round(batches) * 1000).toLocaleString('en')} metrics a second with 8 clients, ${ms(1000 / batches)} a batch. Batches are of 20 keys, 50 points each.${
      others
        ? `

## Logging, both on PostgreSQL

${compared(others, sqlite.cairn)}`
        : ''
    }`,
    data: { ...sqlite, ...(others && { postgres: others }) },
  }
}

interface Contest {
  readonly cairn: Named
  readonly mlflow: readonly Named[]
}

async function against(python: string, seconds: number, place: () => Promise<Place>): Promise<Contest> {
  const cairn = await alone(startCairn(await place()), seconds)
  const mlflow: Named[] = []
  for (const workers of [1, 4]) mlflow.push(await alone(startMlflow(python, workers, await place()), seconds))
  return { cairn, mlflow }
}

/** @param onSqlite ours, to tell what another database costs */
function compared({ cairn, mlflow }: Contest, onSqlite?: Named): string {
  const rows = Object.entries(cairn.figures).map(([what, ours]) => {
    const theirs = mlflow.map((peer) => peer.figures[what]!)
    const best = Math.max(...theirs.map((one) => one.requestsPerSecond))
    const quickest = Math.min(...theirs.map((one) => one.p99))
    const here = onSqlite?.figures[what]
    return [
      ...[what, figure(ours), ...theirs.map(figure)],
      ...[times(ours.requestsPerSecond / best), `${(quickest / ours.p99).toFixed(1)}×`],
      ...(here ? [`${(here.requestsPerSecond / ours.requestsPerSecond).toFixed(2)}×`] : []),
    ]
  })
  const head = ['', cairn.name, ...mlflow.map((peer) => peer.name), 'requests, against the better', 'p99']
  return table([...head, ...(onSqlite ? ['Cairn on SQLite, against it'] : [])], rows)
}

async function alone(starting: Promise<Peer>, seconds: number): Promise<Named> {
  const peer = await starting
  const to = client(peer.url, 16)
  try {
    await peer.atRest()
    progress(`logging to ${peer.name}`)
    return { name: peer.name, figures: await figuresOf(to, seconds) }
  } finally {
    to.close()
    await peer.stop()
  }
}

/** Each is measured after some seconds of the same, as what a server compiles and caches it does once. */
async function figuresOf(to: Client, seconds: number): Promise<Record<string, Measured>> {
  const run_id = await newRun(to)
  const point = (n: number, key: string) => ({ key, value: n / 7, timestamp: 1_700_000_000_000 + n, step: n })
  const batch = (prefix: string, n: number) =>
    bytesOf({
      run_id,
      metrics: Array.from({ length: 1000 }, (_, i) => point(n * 1000 + i, `${prefix}b${i % 20}`)),
    })
  const works: Record<string, (prefix: string, seconds: number) => (n: number) => Promise<unknown>> = {
    'log-metric': (prefix) => (n) =>
      to.post(`${API}/log-metric`, { run_id, ...point(n, `${prefix}m${n % 10}`) }),
    'log-batch of 1,000 metrics': (prefix, seconds) => {
      const made = Array.from({ length: seconds * BATCHES_A_SECOND }, (_, n) => batch(prefix, n))
      return (n) => to.post(`${API}/log-batch`, made[n] ?? batch(prefix, n))
    },
    'create, 20 params, 20 tags, finish': () => (n) => wholeRun(to, n),
  }
  const figures: Record<string, Measured> = {}
  for (const clients of [1, 8]) {
    for (const [what, work] of Object.entries(works)) {
      await measure(clients, WARM_SECONDS, work(`w${clients}`, 0))
      const name = `${what}, ${clients} client${clients > 1 ? 's' : ''}`
      figures[name] = await measure(clients, seconds, work(`${clients}`, seconds))
    }
  }
  return figures
}

async function newRun(to: Client): Promise<string> {
  const { run } = (await to.post(`${API}/create`, { experiment_id: '0' })) as {
    run: { info: { run_id: string } }
  }
  return run.info.run_id
}

/** Three requests. */
async function wholeRun(to: Client, n: number): Promise<void> {
  const run_id = await newRun(to)
  const entries = (prefix: string) =>
    Array.from({ length: 20 }, (_, i) => ({ key: `${prefix}${i}`, value: `value ${i} of ${n}` }))
  await to.post(`${API}/log-batch`, { run_id, params: entries('param'), tags: entries('tag') })
  await to.post(`${API}/update`, { run_id, status: 'FINISHED', end_time: 1_700_000_000_000 + n })
}
