import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, api } from '../harness/api.js'
import { environment } from '../harness/environment.js'
import type { Random } from '../harness/random.js'
import { cairn } from '../harness/server.js'

/**
 * Runs the demo on these ratings repeatedly in one folder, killing it at random moments, until it exits by itself.
 * @returns the number of kills and the output of the last run
 */
export async function runMainJob(
  { folder, source }: { folder: string; source: string },
  { kills, maxLifeMs }: { kills: number; maxLifeMs: number },
  random: Random,
) {
  for (let killed = 0; ; killed++) {
    const demo = start(folder, source)
    if (killed < kills) {
      const ended = await Promise.race([demo.ended.then(() => true), sleep(random.int(300, maxLifeMs))])
      if (!ended) demo.kill()
    }
    const { code, signal } = await demo.ended
    if (signal !== 'SIGKILL') return { killed, code, said: demo.said() }
  }
}

function start(folder: string, source: string) {
  const args = [cairn, 'up', '--demo', '--once', '--port', '0', '--data', folder, '--source', source]
  const child = spawn(process.execPath, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  const ended = once(child, 'close').then(
    ([code, signal]) => ({ code, signal }) as { code: number | null; signal: string | null },
  )
  return { ended, kill: () => child.kill('SIGKILL'), said: () => text }
}

interface Run {
  info: { run_id: string; status: string }
}
interface Version {
  version: string
  run_id: string
  source: string
}

/** Reads the results of the job that must exist exactly once, whatever the number of kills. */
export async function readJobResults(url: string) {
  const { get, post } = api(url)
  const jobRuns = await get<{ runs: { state: { result_state?: string } }[] }>('/api/2.2/jobs/runs/list')
  const runs = await runsOf(api(url), '/movies')
  const { model_versions } = await get<{ model_versions: Version[] }>(
    '/api/2.0/mlflow/model-versions/search',
    {
      filter: "name = 'movies'",
    },
  )
  const finished = new Set(
    runs.filter(({ info }) => info.status === 'FINISHED').map(({ info }) => info.run_id),
  )
  const ratings = await get<{ total_rows: number }>('/api/cairn/v1/tables/main.movielens.ratings/rows', {
    limit: 1,
  })
  const { tables } = await get<{ tables: { name: string }[] }>('/api/2.1/unity-catalog/tables', {
    catalog_name: 'main',
    schema_name: 'movielens',
  })
  const promotions = await get<{ promotions: { version: string; verdict: string }[] }>(
    '/api/cairn/v1/registered-models/movies/promotions',
  )
  const endpoints = await get<{ endpoints: { name: string }[] }>('/api/2.0/serving-endpoints')
  const asked = { dataframe_records: [{ history: [260, 1196], k: 3 }] }
  const answer = await post<{ predictions: unknown[] }>('/serving-endpoints/movies/invocations', asked)
  return {
    jobRuns: jobRuns.runs.map(({ state }) => state.result_state),
    running: runs.filter(({ info }) => info.status === 'RUNNING').length,
    versions: model_versions.length,
    sources: new Set(model_versions.map(({ source }) => source)).size,
    ofUnfinishedRuns: model_versions.filter(({ run_id }) => !finished.has(run_id)).length,
    ratings: ratings.total_rows,
    tables: tables.map(({ name }) => name).toSorted(),
    passed: promotions.promotions
      .filter(({ verdict }) => verdict === 'passed')
      .map(({ version }) => version)
      .toSorted(),
    endpoints: endpoints.endpoints.map(({ name }) => name),
    answers: answer.predictions.length,
  }
}

async function runsOf({ get, post }: Api, experiment_name: string): Promise<Run[]> {
  const { experiment } = await get<{ experiment: { experiment_id: string } }>(
    '/api/2.0/mlflow/experiments/get-by-name',
    { experiment_name },
  )
  const body = { experiment_ids: [experiment.experiment_id] }
  return (await post<{ runs: Run[] }>('/api/2.0/mlflow/runs/search', body)).runs
}
