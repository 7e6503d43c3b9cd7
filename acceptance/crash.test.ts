import { expect, onTestFinished, test } from 'vitest'
import { CrashingServer } from './crash/crashing-server.js'
import { createModel, registryDifferences } from './crash/registrar.js'
import { attemptsOf, readStoredRun } from './crash/stored-run.js'
import { traceDifferences } from './crash/tracer.js'
import { unfinishedUploads } from './crash/unfinished-uploads.js'
import { Writer } from './crash/writer.js'
import { api } from './harness/api.js'
import { effort } from './harness/effort.js'
import { freshFolder } from './harness/folder.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { Random } from './harness/random.js'
import { freshS3, s3 } from './harness/s3.js'
import { MLFLOW_ONLY, type ServerOptions } from './harness/server.js'

const KILLS = Number(process.env.CRASH_KILLS || effort(1, 1, 10))
/** Upper bound of the time spent on kills. */
const MINUTES = Number(process.env.CRASH_MINUTES || 600)
const SEED = Number(process.env.CRASH_SEED || Date.now() % 1_000_000)
const WRITERS = 8
/** Maximum time until a kill. A busy machine needs more to serve any request. */
const MAX_LIFE_MS = Number(process.env.CRASH_LIFE_MS || 1200)

const stores = [
  { name: 'SQLite and disk', absent: false, settings: async (): Promise<ServerOptions> => ({}) },
  { name: 'PostgreSQL and S3', absent: !postgres || !s3, settings: onPostgresAndS3 },
]

async function onPostgresAndS3(): Promise<ServerOptions> {
  const store = freshS3()
  const args = ['--database-url', await freshPostgres(), '--artifacts-destination', store.uri]
  return { args, env: store.env }
}

for (const { name, absent, settings } of stores) {
  test.skipIf(absent)(
    `no acknowledged write is lost by kill -9, on ${name}`,
    async () => {
      const folder = await freshFolder()
      const { args = [], ...others } = await settings()
      const written = [...args, ...MLFLOW_ONLY]
      const server = new CrashingServer({ folder, args: written, ...others }, new Random(SEED))
      onTestFinished(() => server.stop())

      const writers = await writeWhileCrashing(server)
      const differences = await compare(await server.url(), writers)
      console.log(`${name}, seed ${SEED}: ${figures(writers, server)}`)
      expect(differences).toEqual([])
      expect(writers.flatMap(({ refusals }) => refusals)).toEqual([])
      expect(await unfinishedUploads(folder)).toEqual([])
    },
    120_000 + KILLS * 30_000,
  )
}

async function writeWhileCrashing(server: CrashingServer): Promise<Writer[]> {
  const create = { name: '/crash' }
  const { experiment_id } = await api(await server.url()).post<{ experiment_id: string }>(
    '/api/2.0/mlflow/experiments/create',
    create,
  )
  await createModel(await server.url())
  const stop = new AbortController()
  const writers = Array.from(
    { length: WRITERS },
    (_, index) => new Writer(`w${index}`, server, new Random(SEED + index), experiment_id),
  )
  const writing = Promise.all(writers.map((writer) => writer.write(stop.signal)))
  const timeUp = AbortSignal.timeout(MINUTES * 60_000)
  const acknowledged = () => sum(writers.flatMap(({ runs }) => runs.map(({ ledger }) => ledger.acknowledged)))
  await server.crash(KILLS, { maxLifeMs: MAX_LIFE_MS, timeUp, acknowledged }).finally(() => stop.abort())
  await writing
  return writers
}

async function compare(url: string, writers: readonly Writer[]): Promise<string[]> {
  const differences: string[] = []
  for (const run of writers.flatMap(({ runs }) => runs)) {
    const { facts, settings } = await readStoredRun(url, api(url), run)
    differences.push(...run.ledger.differences(facts, settings).map((words) => `run ${run.id}: ${words}`))
  }
  const { experiment } = await api(url).get<{ experiment: { experiment_id: string } }>(
    '/api/2.0/mlflow/experiments/get-by-name',
    { experiment_name: '/crash' },
  )
  const found = await attemptsOf(api(url), experiment.experiment_id)
  const sent = new Map(writers.flatMap(({ attempts }) => [...attempts]))
  for (const [attempt, acknowledged] of sent)
    if (acknowledged && !found.includes(attempt))
      differences.push(`run ${attempt} was acknowledged and is lost`)
  for (const attempt of found)
    if (!sent.has(attempt)) differences.push(`run ${attempt} exists, but nobody created it`)
  if (new Set(found).size < found.length) differences.push('a run exists twice')
  const registrars = writers.map(({ registrar }) => registrar)
  differences.push(...(await registryDifferences(api(url), registrars)))
  const tracers = writers.map(({ tracer }) => tracer)
  return [...differences, ...(await traceDifferences(url, api(url), tracers))]
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function figures(writers: readonly Writer[], { recoveries, kills }: CrashingServer): string {
  const runs = writers.flatMap((writer) => writer.runs)
  const ledgers = [...runs.map(({ ledger }) => ledger), ...writers.map(({ registrar }) => registrar.ledger)]
  const versions = writers.flatMap(({ registrar }) => [...registrar.versions.values()])
  const traces = writers.flatMap(({ tracer }) => [...tracer.traces.values()])
  const known = versions.filter((version) => version !== undefined).length
  const traced = traces.filter(({ acknowledged }) => acknowledged).length
  const sorted = recoveries.toSorted((a, b) => a - b)
  return [
    `${kills} kills`,
    `${runs.length} runs, ${known} versions, ${traced} traces`,
    `${sum(ledgers.map((ledger) => ledger.acknowledged)) + known + traced} writes acknowledged`,
    `${sum(ledgers.map((ledger) => ledger.unanswered)) + versions.length - known + traces.length - traced} cut off`,
    `ready again after ${Math.round(sorted[sorted.length >> 1]!)} ms (median), ${Math.round(sorted.at(-1)!)} ms (longest)`,
  ].join(', ')
}
