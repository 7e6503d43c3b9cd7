import { deflateSync } from 'node:zlib'
import { type Api, send } from '../harness/api.js'

const MLFLOW = '/api/2.0/mlflow'
const STEPS = 40
const USERS = 60

export interface Run {
  readonly run_id: string
  readonly artifact_uri: string
}

/** Logs curves, values with intervals, parameters and a commit. */
export async function logRun(mlflow: Api, experiment_id: string, i: number): Promise<Run> {
  const body = { experiment_id, run_name: `run-${i}`, start_time: Date.now() - i * 1000 }
  const { run } = await mlflow.post<{ run: { info: Run } }>(`${MLFLOW}/runs/create`, body)
  const curve = Array.from({ length: STEPS }, (_, step) => ({
    ...{ key: 'train/loss', step, timestamp: 1_700_000_000_000 + 1000 * step + 100 * i },
    value: 2 / (1 + step) + i / 100 + (i === 0 && step === 20 ? 50 : 0),
  }))
  const single = {
    accuracy: 0.5 + i / 100,
    accuracy_ci_low: 0.49 + i / 100,
    accuracy_ci_high: 0.51 + i / 100,
    size: i % 4,
  }
  const params = {
    lr: 10 ** -(1 + (i % 4)),
    layers: 1 + (i % 3),
    optimizer: ['adam', 'sgd'][i % 2],
    seed: 1,
  }
  await mlflow.post(`${MLFLOW}/runs/log-batch`, {
    run_id: run.info.run_id,
    metrics: [
      ...curve,
      ...curve.map((point) => ({ ...point, key: 'train/epoch', value: point.step / 10 })),
      ...curve.map((point) => ({ ...point, key: 'system/cpu', value: 50 })),
      ...Object.entries(single).map(([key, value]) => ({ key, value, step: 0, timestamp: 1 })),
    ],
    params: Object.entries(params).map(([key, value]) => ({ key, value: String(value) })),
    tags: [{ key: 'mlflow.source.git.commit', value: i % 2 ? 'aaaa111' : 'bbbb222' }],
  })
  await mlflow.post(`${MLFLOW}/runs/update`, { run_id: run.info.run_id, status: 'FINISHED' })
  return run.info
}

/** As MLflow's `log_table` writes it. */
const table = (columns: string, data: readonly (readonly unknown[])[]) =>
  JSON.stringify({ columns: columns.split(','), data })

/** Forty rows, of which the run `i` gets 4 + i wrong. */
const predictions = (i: number) =>
  Array.from({ length: 40 }, (_, row) => {
    const label = row % 2
    const prediction = row < 4 + i ? 1 - label : label
    return [label, prediction === 1 ? 0.6 + row / 100 : 0.4 - row / 200, prediction]
  })

const histograms = (i: number) =>
  [0, 10, 20].flatMap((step) => [0, 1, 2].map((bin) => [step, bin, bin + 1, 5 + i + step * bin]))

/** Logs values per user, images by step, tables that plots read, requirements and notes. */
export async function logEvaluation(
  mlflow: Api,
  url: string,
  { run_id, artifact_uri }: Run,
  i: number,
): Promise<void> {
  const folder = new URL(artifact_uri.replace('mlflow-artifacts:', 'http://here')).pathname
  const put = async (path: string, body: string | Uint8Array) => {
    const name = path.split('/').map(encodeURIComponent).join('/')
    const target = `/api/2.0/mlflow-artifacts/artifacts${folder}/${name}`
    const { status, text } = await send(url, 'PUT', target, { body })
    if (status !== 200) throw new Error(`PUT ${target}: ${status} ${text}`)
  }
  const ndcg = Array.from(
    { length: USERS },
    (_, user) => (user % 10) / 20 + (i === 1 ? 0.1 : 0) + (i * (user % 3)) / 500 - i / 500,
  )
  const users = ndcg.map((_, user) => `u${user}`)
  await put(
    'evaluation/per_user.json',
    JSON.stringify({ protocol: 'loo', k: 10, data_digest: 'd', users, metrics: { ndcg } }),
  )
  for (const step of [1, 2])
    await put(`images/map~a+step+${step}+timestamp+1${step}+u${step}.png`, png([40 * i, 100, 60 * step]))
  for (const step of [1, 2]) {
    await put(`media/answer/${step}.txt`, `answer ${step} of run ${i}`)
    await put(`media/errors/${step}.json`, table('word,count', [[`word-${i}`, step]]))
  }
  await put('media/tone/2.wav', 'RIFF')
  await put('model/requirements.txt', `mlflow==3.${i}\nnumpy==2.1\n`)
  await put('predictions.json', table('label,score,prediction', predictions(i)))
  await put('distributions/weights.json', table('step,from,to,count', histograms(i)))
  await put('report.txt', `report of run ${i}`)
  const tags = {
    ...{ 'cairn.protocol': 'loo', 'cairn.data_digest': 'd', 'mlflow.note.content': `note ${i}` },
    'mlflow.log-model.history': '[{"artifact_path":"model"}]',
  }
  for (const [key, value] of Object.entries(tags))
    await mlflow.post(`${MLFLOW}/runs/set-tag`, { run_id, key, value })
  const dataset = { name: 'ratings', digest: `v${i}`, source_type: 'local', source: '{}' }
  await mlflow.post(`${MLFLOW}/runs/log-inputs`, { run_id, datasets: [{ dataset }] })
}

/** A PNG of one colour, 8 × 8 pixels. */
function png(color: readonly number[]): Uint8Array<ArrayBuffer> {
  const row = Buffer.from([0, ...Array.from({ length: 8 }, () => color).flat()])
  const header = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0])
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length, 0)
    ends.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
  }
  const pixels = deflateSync(Buffer.concat(Array.from({ length: 8 }, () => row)))
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function crc32(bytes: Buffer): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1))
  }
  return ~crc >>> 0
}
