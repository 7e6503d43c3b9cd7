import { type Peer, type ServerOptions, startCairn, startMlflow } from '../servers.js'
import { bytesOf, type Client, client, type Latencies, measure } from './load.js'
import { figure, ms, progress, type Section, table, times } from './report.js'

const API = '/api/2.0/mlflow/runs'
/** V8 needs this long to compile the hot paths; after one second, half of the requests still take a third longer. */
const WARM_SECONDS = 6
/** More batches than any server accepts. They are serialized before the measurement, which costs as much as sending them. */
const BATCHES_PER_SECOND = 800

interface ServerFigures {
  readonly name: string
  readonly figures: Readonly<Record<string, Latencies>>
}

/**
 * Measures the requests of training: single metrics, batches and complete short runs, on SQLite and, if given, on PostgreSQL.
 *
 * @param postgres creates a database and returns its URL
 */
export async function measureLogging(
  python: string,
  seconds: number,
  postgres: (() => Promise<string>) | undefined,
): Promise<Section> {
  const sqlite = await against(python, seconds, async () => ({}))
  const others = postgres && (await against(python, seconds, async () => ({ databaseUrl: await postgres() })))
  const batches = sqlite.cairn.figures['log-batch of 1,000 metrics, 8 clients']!.requestsPerSecond
  return {
    headline: headlineOf(sqlite),
    text: `## Logging

${compared(sqlite)}

${(Math.round(batches) * 1000).toLocaleString('en')} metrics per second with 8 clients, ${ms(1000 / batches)} per batch. Batches have 20 keys with 50 points each.${
      others
        ? `

## Logging, both on PostgreSQL

${compared(others, sqlite.cairn)}`
        : ''
    }`,
    data: { ...sqlite, ...(others && { postgres: others }) },
  }
}

interface Comparison {
  readonly cairn: ServerFigures
  readonly mlflow: readonly ServerFigures[]
}

/** Requests per second against the better MLflow server, with 8 clients. */
function headlineOf({ cairn, mlflow }: Comparison): string {
  const ratio = (work: string) => {
    const name = `${work}, 8 clients`
    const best = Math.max(...mlflow.map(({ figures }) => figures[name]!.requestsPerSecond))
    return `${(cairn.figures[name]!.requestsPerSecond / best).toFixed(1)}×`
  }
  return `8 clients, against MLflow: log-metric ${ratio('log-metric')}, log-batch ${ratio('log-batch of 1,000 metrics')}, short runs ${ratio('create, 20 params, 20 tags, finish')}`
}

async function against(
  python: string,
  seconds: number,
  options: () => Promise<ServerOptions>,
): Promise<Comparison> {
  const cairn = await alone(startCairn(await options()), seconds)
  const mlflow: ServerFigures[] = []
  for (const workers of [1, 4])
    mlflow.push(await alone(startMlflow(python, workers, await options()), seconds))
  return { cairn, mlflow }
}

/** @param onSqlite Cairn's figures on SQLite, for a column that compares them */
function compared({ cairn, mlflow }: Comparison, onSqlite?: ServerFigures): string {
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
  const head = [
    '',
    cairn.name,
    ...mlflow.map((peer) => peer.name),
    'requests, against the better MLflow',
    'p99',
  ]
  return table([...head, ...(onSqlite ? ['Cairn on SQLite, against PostgreSQL'] : [])], rows)
}

async function alone(starting: Promise<Peer>, seconds: number): Promise<ServerFigures> {
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

/** Measures each kind of request after a warm-up with the same requests. */
async function figuresOf(to: Client, seconds: number): Promise<Record<string, Latencies>> {
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
      const prepared = Array.from({ length: seconds * BATCHES_PER_SECOND }, (_, n) => batch(prefix, n))
      return (n) => to.post(`${API}/log-batch`, prepared[n] ?? batch(prefix, n))
    },
    'create, 20 params, 20 tags, finish': () => (n) => completeRun(to, n),
  }
  const figures: Record<string, Latencies> = {}
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

/** Logs a complete run in three requests. */
async function completeRun(to: Client, n: number): Promise<void> {
  const run_id = await newRun(to)
  const entries = (prefix: string) =>
    Array.from({ length: 20 }, (_, i) => ({ key: `${prefix}${i}`, value: `value ${i} of ${n}` }))
  await to.post(`${API}/log-batch`, { run_id, params: entries('param'), tags: entries('tag') })
  await to.post(`${API}/update`, { run_id, status: 'FINISHED', end_time: 1_700_000_000_000 + n })
}
