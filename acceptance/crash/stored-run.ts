import { type Api, send } from '../harness/api.js'
import { fingerprint, metricFact, paramFact, type WrittenRun } from './writer.js'

interface Entry {
  key: string
  value: string
}
interface Metric {
  key: string
  value: number
  timestamp: number
  step?: number
}
interface Run {
  data: { metrics?: Metric[]; params?: Entry[]; tags?: Entry[] }
}

/** Reads the stored state of a run as the facts and settings of a ledger. */
export async function readStoredRun(url: string, api: Api, run: WrittenRun) {
  const { data } = (await api.get<{ run: Run }>('/api/2.0/mlflow/runs/get', { run_id: run.id })).run
  const facts = new Set((data.params ?? []).map(paramFact))
  for (const { key } of data.metrics ?? []) {
    const query = { run_id: run.id, metric_key: key }
    const history = await api.get<{ metrics: Metric[] }>('/api/2.0/mlflow/metrics/get-history', query)
    for (const metric of history.metrics) facts.add(metricFact(metric))
  }
  const ours = (data.tags ?? []).filter(({ key }) => /^(t\d|last batch)$/.test(key))
  const settings = new Map(ours.map(({ key, value }) => [`tag ${key}`, value]))
  for (const path of await filesBelow(api, run.id, '')) {
    const file = await send(url, 'GET', `/api/2.0/mlflow-artifacts/artifacts${run.artifacts}/${path}`)
    settings.set(`file ${path}`, file.status === 200 ? fingerprint(file.bytes) : `status ${file.status}`)
  }
  return { facts, settings }
}

async function filesBelow(api: Api, run: string, path: string): Promise<string[]> {
  const query = { run_id: run, ...(path && { path }) }
  const listing = await api.get<{ files?: { path: string; is_dir: boolean }[] }>(
    '/api/2.0/mlflow/artifacts/list',
    query,
  )
  const found = (listing.files ?? []).map((file) =>
    file.is_dir ? filesBelow(api, run, file.path) : [file.path],
  )
  return (await Promise.all(found)).flat()
}

/** The `attempt` tags of all runs of an experiment. */
export async function attemptsOf(api: Api, experiment: string): Promise<string[]> {
  const attempts: string[] = []
  let page_token: string | undefined
  do {
    const body = { experiment_ids: [experiment], max_results: 500, ...(page_token && { page_token }) }
    const page = await api.post<{ runs?: Run[]; next_page_token?: string }>(
      '/api/2.0/mlflow/runs/search',
      body,
    )
    for (const { data } of page.runs ?? [])
      attempts.push(data.tags?.find(({ key }) => key === 'attempt')?.value ?? 'none')
    page_token = page.next_page_token
  } while (page_token)
  return attempts
}
