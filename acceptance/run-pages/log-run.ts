import { type Api, send } from '../harness/api.js'
import { ARTIFACTS } from './artifacts.js'

const M2 = '/api/2.0/mlflow'
const METRICS = [
  'loss',
  'ndcg_at_10',
  'precision_at_10',
  'precision_at_10_ci_low',
  'precision_at_10_ci_high',
] as const
const SYSTEM = [
  'cpu_utilization_percentage',
  'system_memory_usage_megabytes',
  'gpu_0_utilization_percentage',
  'network_receive_megabytes',
]
const POINTS = 150

export interface LoggedRun {
  readonly experiment_id: string
  readonly run_id: string
}

/** Logs a run with metrics, system metrics, a data set, a child run, and an artifact of each kind. */
export async function logRun(
  url: string,
  owner: Api,
  name: string,
  options: { readonly files?: boolean } = {},
): Promise<LoggedRun> {
  const { experiment_id } = await owner
    .get<{ experiment: { experiment_id: string } }>(`${M2}/experiments/get-by-name`, {
      experiment_name: '/films',
    })
    .then(({ experiment }) => experiment)
    .catch(() => owner.post<{ experiment_id: string }>(`${M2}/experiments/create`, { name: '/films' }))
  const { run } = await owner.post<{ run: { info: { run_id: string } } }>(`${M2}/runs/create`, {
    experiment_id,
    run_name: name,
    start_time: Date.now() - 165_000,
    tags: [{ key: 'team', value: 'films' }],
  })
  const { run_id } = run.info
  await owner.post(`${M2}/runs/log-batch`, {
    run_id,
    metrics: METRICS.flatMap((key, at) => points(key, at / 10)),
    params: [
      { key: 'factors', value: '64' },
      { key: 'learning_rate', value: '0.05' },
    ],
  })
  await owner.post(`${M2}/runs/log-batch`, {
    run_id,
    metrics: SYSTEM.flatMap((key, at) => points(`system/${key}`, at * 20 + 10)),
  })
  await owner.post(`${M2}/runs/log-inputs`, {
    run_id,
    datasets: [
      {
        dataset: {
          ...{ name: 'main.movielens.ratings', digest: 'a41f', source_type: 'local', source: '{}' },
          profile: '{"num_rows": 100836}',
        },
        tags: [{ key: 'mlflow.data.context', value: 'training' }],
      },
    ],
  })
  const child = await owner.post<{ run: { info: { run_id: string } } }>(`${M2}/runs/create`, {
    experiment_id,
    run_name: `${name}-ablation`,
    start_time: Date.now() - 60_000,
    tags: [{ key: 'mlflow.parentRunId', value: run_id }],
  })
  for (const id of [run_id, child.run.info.run_id])
    await owner.post(`${M2}/runs/update`, { run_id: id, status: 'FINISHED', end_time: Date.now() })
  if (options.files !== false) await uploadArtifacts(url, `${experiment_id}/${run_id}/artifacts`)
  return { experiment_id, run_id }
}

const points = (key: string, base: number) =>
  Array.from({ length: POINTS }, (_, step) => ({
    key,
    step,
    timestamp: 1_700_000_000_000 + step * 1000,
    value: base + 1 / (step + 1),
  }))

async function uploadArtifacts(url: string, folder: string) {
  for (const [path, body] of Object.entries(ARTIFACTS)) {
    const at = `${folder}/${path}`.split('/').map(encodeURIComponent).join('/')
    const put = await send(url, 'PUT', `/api/2.0/mlflow-artifacts/artifacts/${at}`, { body: body() })
    if (put.status !== 200) throw new Error(`${path}: ${put.status} ${put.text}`)
  }
}
