import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfig } from '@cairn/platform/config'
import { GetRunProgress } from '@cairn/platform/protocol/cairn/run-progress'
import type { Client } from '@cairn/platform/protocol/client'
import { CancelRun, GetJobRun, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { CreateExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import { type Run, SearchRuns } from '@cairn/platform/protocol/mlflow/runs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type RunningServer, startServer } from './server.js'

const USERS = 130
const MOVIES = 60
const SCHEMA = 'films.small'

let folder: string
let server: RunningServer
let call: Client
let experiment_id: string

/** Each user watches twelve of the films in order. */
function ratings() {
  const rows = Array.from({ length: USERS * 12 }, (_, n) => {
    const [user, step] = [1 + Math.floor(n / 12), n % 12]
    return `${user},${1 + ((user * 7 + step) % MOVIES)},4.5,${1_000_000_000 + step * 86_400 + user}`
  })
  return ['userId,movieId,rating,timestamp', ...rows].join('\n')
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-training-'))
  const source = join(folder, 'source')
  await mkdir(source)
  const movies = Array.from({ length: MOVIES }, (_, n) => `${n + 1},Film ${n + 1} (1999),Drama`)
  const links = movies.map((_, n) => `${n + 1},${n + 1},${n + 1}`)
  const files = {
    ratings: ratings(),
    movies: ['movieId,title,genres', ...movies].join('\n'),
    links: ['movieId,imdbId,tmdbId', ...links].join('\n'),
    tags: 'userId,movieId,tag,timestamp\n1,1,good,1000000000',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(source, `${name}.csv`), `${text}\n`)
  server = await startServer(
    loadConfig({ CAIRN_LOG_LEVEL: 'silent' }, { data: join(folder, 'data'), port: 0 }),
  )
  call = server.client
  experiment_id = (await call(CreateExperiment, { name: '/small' })).experiment_id
})
afterAll(async () => {
  await server?.close()
  await rm(folder, { recursive: true, force: true })
})

const node = (task_key: string, entry: string, parameters: object, upstream: string[] = []) => ({
  task_key,
  depends_on: upstream.map((key) => ({ task_key: key })),
  node_task: { entry, parameters: parameters as Record<string, unknown> },
})
const training = (kind: string, parameters: object = {}) =>
  node('train', 'recommender/train', { schema: SCHEMA, experiment: '/small', kind, parameters })
const submit = async (...tasks: ReturnType<typeof node>[]) => (await call(SubmitRun, { tasks })).run_id

async function untilEnded(run_id: number) {
  for (;;) {
    const { status } = await call(GetJobRun, { run_id })
    if (status.state === 'TERMINATED') return call(GetRunProgress, { run_id })
    await sleep(50)
  }
}

async function runsOf(kind: string): Promise<Run[]> {
  const filter = `tags.\`cairn.model_kind\` = '${kind}'`
  return (await call(SearchRuns, { experiment_ids: [experiment_id], filter })).runs ?? []
}

test('imports, derives features and trains without anything of the demo, the baselines first', async () => {
  const run = await untilEnded(
    await submit(
      node('import', 'movielens/import', { schema: SCHEMA, source: join(folder, 'source') }),
      node('features', 'movielens/features', { schema: SCHEMA }, ['import']),
      { ...training('item-knn'), depends_on: [{ task_key: 'features' }] },
    ),
  )
  expect(run.tasks.map(({ task_key, message, result }) => [task_key, message ?? result])).toEqual([
    ['import', 'SUCCESS'],
    ['features', 'SUCCESS'],
    ['train', 'SUCCESS'],
  ])
  for (const kind of ['popularity', 'ease', 'markov', 'item-knn']) {
    const [trained, ...more] = await runsOf(kind)
    expect([kind, trained?.info.status, more]).toEqual([kind, 'FINISHED', []])
    const metrics = new Map(trained!.data.metrics?.map(({ key, value }) => [key, value]))
    for (const cost of ['serving_cpu_ms', 'cpu_seconds', 'peak_memory_bytes'])
      expect([kind, cost, Number(metrics.get(cost)) > 0]).toEqual([kind, cost, true])
    expect(metrics.has('ndcg_at_10')).toBe(true)
  }
}, 300_000)

test('names an unknown kind and a wrong parameter', async () => {
  const messages = []
  for (const task of [training('../../x'), training('als', { factors: 0 })])
    messages.push((await untilEnded(await submit(task))).tasks[0]!.message)
  expect(messages).toEqual([
    expect.stringContaining("Unknown model kind '../../x'; supported: als-explicit, als,"),
    expect.stringContaining("iALS parameter 'factors' must be >= 1"),
  ])
}, 300_000)

test('a canceled training stops at once, and its run is killed', async () => {
  const long = { epochs: 10_000, patience: 10_000, width: 8, blocks: 1, max_length: 8 }
  const run_id = await submit(training('bert4rec', long))
  await vi.waitFor(async () => expect(await runsOf('bert4rec')).toHaveLength(1), { timeout: 60_000 })
  await call(CancelRun, { run_id })
  const { tasks } = await untilEnded(run_id)
  expect(tasks[0]!.result).toBe('CANCELED')
  expect((await runsOf('bert4rec')).map(({ info }) => info.status)).toEqual(['KILLED'])
  expect(await readdir(join(folder, 'data', 'checkpoints', String(tasks[0]!.task_run_id)))).toEqual([
    'bert4rec',
  ])
}, 300_000)
