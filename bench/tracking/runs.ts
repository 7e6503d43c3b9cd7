import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { freshFolder, type ServerOptions, startCairn, startMlflow } from '../servers.js'
import { drawChart } from './chart.js'
import { addRuns, openStore } from './generate.js'
import { type Client, client, type Latencies, repeat } from './load.js'
import { addMlflowRuns } from './mlflow-data.js'
import { ms, progress, type Section, table, times } from './report.js'

const SEARCH = {
  experiment_ids: ['0'],
  filter: "params.model = 'm1'",
  order_by: ['metrics.ndcg DESC'],
  max_results: 100,
}
const NEWEST = { experiment_ids: ['0'], max_results: 1000 }
const PAGES = 500
/** Share of the runs that match the filter. */
const SHARE = 0.75
const MLFLOW_TIMEOUT_MS = 60_000

type Figures = Readonly<Record<string, Latencies>>
interface SizeResult {
  readonly runs: number
  readonly figures: Figures
}

const FIRST = 'search, 1st page'
const DEEP = 'search, 500th page or the last full one'
const WHOLE = 'newest 1,000 runs with all data'
const ALL = [FIRST, DEEP, WHOLE, 'get a run', 'log-metric']

export interface RunsOptions {
  readonly python: string
  readonly sizes: readonly number[]
  /** Runs stored in MLflow at most; with more, its searches do not end. */
  readonly mlflowRuns: number
  readonly postgres: ServerOptions | undefined
}

/** Measures searches, and reads of complete runs, in stores that grow. SQL fills them. */
export async function measureRuns({
  python,
  sizes,
  mlflowRuns,
  postgres,
}: RunsOptions): Promise<Section & { svg: string }> {
  const small = sizes.filter((size) => size <= mlflowRuns)
  const cairn = await growing(sizes, {})
  const onPostgres = postgres && (await growing(sizes, postgres))
  const mlflow = await growingMlflow(python, small.slice(-2))
  const rows = cairn.flatMap(({ runs: count, figures }) =>
    ALL.map((request) => {
      const theirs = mlflow.find((one) => one.runs === count)?.figures[request]
      const also = onPostgres?.find((one) => one.runs === count)?.figures[request]
      const ours = figures[request]!
      return [
        ...[count.toLocaleString('en'), request, `p50 ${ms(ours.p50)}, p99 ${ms(ours.p99)}`],
        ...(theirs ? [ms(theirs.p50), times(theirs.p50 / ours.p50)] : ['', '']),
        ...(postgres ? [also ? `${ms(also.p50)}, ${(also.p50 / ours.p50).toFixed(1)}×` : ''] : []),
      ]
    }),
  )
  const head = ['runs', '', 'Cairn', 'MLflow, 1 worker', 'against MLflow, p50']
  const lines = ALL.map((name) => ({
    name,
    points: cairn.map(({ runs: count, figures }) => [count, figures[name]!.p50] as const),
  }))
  return {
    headline: headlineOf(cairn, mlflow),
    text: `## Searches and complete runs

A page has 100 runs with \`params.model = 'm1'\` (three of four runs), ordered by \`metrics.ndcg DESC\`; runs have 3 metrics, 3 parameters and 2
tags. Cairn gets the token of the page before, MLflow the offset. Requests to MLflow time out after ${MLFLOW_TIMEOUT_MS / 1000} s.

${table([...head, ...(postgres ? ['Cairn on PostgreSQL'] : [])], rows)}`,
    data: { cairn, mlflow, ...(onPostgres && { postgres: onPostgres }) },
    svg: drawChart('Latency (p50) against runs in the store', 'runs', lines),
  }
}

function headlineOf(cairn: readonly SizeResult[], mlflow: readonly SizeResult[]): string {
  const { runs: count, figures } = cairn.at(-1)!
  const peer = mlflow.at(-1)
  const ours = cairn.find((one) => one.runs === peer?.runs)
  const ratio = peer && ours ? peer.figures[FIRST]!.p50 / ours.figures[FIRST]!.p50 : undefined
  const against = ratio ? `; at ${peer!.runs.toLocaleString('en')}, ${ratio.toFixed(0)}× MLflow` : ''
  return `first page of ${count.toLocaleString('en')} runs: p50 ${ms(figures[FIRST]!.p50)}${against}`
}

async function growing(sizes: readonly number[], { databaseUrl }: ServerOptions): Promise<SizeResult[]> {
  const folder = freshFolder()
  const found: SizeResult[] = []
  try {
    for (const [i, size] of sizes.entries()) {
      progress(`${databaseUrl ? 'PostgreSQL' : 'SQLite'}: filling up to ${size} runs`)
      const db = await openStore(databaseUrl ?? join(folder, 'cairn.db'))
      await addRuns(db, sizes[i - 1] ?? 0, size)
      // Autovacuum does it within a minute; until then PostgreSQL plans for the store before the insert
      if (databaseUrl) await db.transaction((tx) => sql`analyze`.execute(tx))
      await db.close()
      const peer = await startCairn({ folder, ...(databaseUrl && { databaseUrl }) })
      const to = client(peer.url, 4)
      try {
        await peer.atRest()
        progress(`measuring at ${size} runs`)
        found.push({ runs: size, figures: await figuresOf(to, size) })
      } finally {
        to.close()
        await peer.stop()
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return found
}

async function growingMlflow(python: string, sizes: readonly number[]): Promise<SizeResult[]> {
  const folder = freshFolder()
  const found: SizeResult[] = []
  try {
    for (const [i, size] of sizes.entries()) {
      progress(`MLflow: filling up to ${size} runs`)
      await addMlflowRuns(python, folder, sizes[i - 1] ?? 0, size)
      const peer = await startMlflow(python, 1, { folder })
      const to = client(peer.url, 4)
      try {
        await peer.atRest()
        progress(`measuring MLflow at ${size} runs`)
        const offset =
          Math.min(PAGES - 1, Math.floor((size * SHARE) / SEARCH.max_results) - 2) * SEARCH.max_results
        const page_token = Buffer.from(JSON.stringify({ offset })).toString('base64')
        const search = (body: object) => withTimeout(to.post('/api/2.0/mlflow/runs/search', body))
        const figures = {
          [FIRST]: await repeat(2, () => search(SEARCH)),
          [DEEP]: await repeat(1, () => search({ ...SEARCH, page_token })),
          [WHOLE]: await repeat(3, () => search(NEWEST)),
        }
        found.push({ runs: size, figures })
      } finally {
        to.close()
        await peer.stop()
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return found
}

/** A request that times out counts with the time-out. */
const withTimeout = (response: Promise<unknown>) =>
  Promise.race([response.catch(() => undefined), sleep(MLFLOW_TIMEOUT_MS, undefined, { ref: false })])

async function figuresOf(to: Client, size: number): Promise<Figures> {
  const search = (body: object) =>
    to.post('/api/2.0/mlflow/runs/search', body) as Promise<{ next_page_token?: string; runs: unknown[] }>
  const first = await repeat(30, () => search(SEARCH))
  const pages = Math.min(PAGES, Math.floor((size * SHARE) / SEARCH.max_results) - 1)
  let deep = ''
  for (let page = 1; page < pages; page++)
    deep = (await search({ ...SEARCH, page_token: deep })).next_page_token!
  const run_id = (1).toString(16).padStart(32, '0')
  const point = (n: number) => ({ key: 'new', value: n, timestamp: n, step: n })
  return {
    [FIRST]: first,
    [DEEP]: await repeat(30, () => search({ ...SEARCH, page_token: deep })),
    [WHOLE]: await repeat(size < 1000 ? 1 : 15, () => search(NEWEST)),
    'get a run': await repeat(100, () => to.get(`/api/2.0/mlflow/runs/get?run_id=${run_id}`)),
    'log-metric': await repeat(200, (n) =>
      to.post('/api/2.0/mlflow/runs/log-metric', { run_id, ...point(n) }),
    ),
  }
}
