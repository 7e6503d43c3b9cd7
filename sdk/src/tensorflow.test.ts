import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HttpTransport } from './http.js'
import type { LoggedModel } from './models/log-model.js'
import { listOfflineRuns } from './offline/offline-runs.js'
import { withRun } from './run.js'
import { autolog } from './tensorflow.js'
import { newFolder } from './testing/folders.js'
import { all } from './testing/offline.js'
import { type RunningServer, servers } from './testing/servers.js'
import { TrackingClient } from './tracking.js'

// The packages that `@tensorflow/tfjs` bundles; their entry point for Node is CommonJS.
const require = createRequire(import.meta.url)
const core = require('@tensorflow/tfjs-core') as typeof import('@tensorflow/tfjs-core')
const layers = require('@tensorflow/tfjs-layers') as typeof import('@tensorflow/tfjs-layers')
require('@tensorflow/tfjs-backend-cpu')

function aModel() {
  const model = layers.sequential({ name: 'tiny' })
  model.add(layers.layers.dense({ units: 3, activation: 'relu', inputShape: [2] }))
  model.add(layers.layers.dense({ units: 1 }))
  model.compile({ optimizer: core.train.adam(0.05), loss: 'meanSquaredError', metrics: ['mae'] })
  return model
}
const xs = core.tensor2d(Array.from({ length: 40 }, (_, i) => [i / 40, (i % 5) / 5]))
const ys = core.tensor2d(Array.from({ length: 40 }, (_, i) => [i / 20]))

describe.each(servers)('against $name', { timeout: 240_000 }, ({ start }) => {
  const experiment = `tfjs ${crypto.randomUUID()}`
  let server: RunningServer
  let client: TrackingClient

  beforeAll(async () => {
    server = await start()
    client = new TrackingClient(new HttpTransport({ baseUrl: server.url }))
  }, 240_000)
  afterAll(() => server?.stop())

  test('logs a training with its parameters, every epoch, and a model that predicts the same', async () => {
    const models: LoggedModel[] = []
    const defaults = { client, experiment, strict: true }
    const end = autolog(layers as never, {
      ...defaults,
      everyBatches: 2,
      onModel: (model) => models.push(model),
    })
    const model = aModel()
    const runId = await withRun(defaults, async (run) => {
      await model.fit(xs, ys, { epochs: 4, batchSize: 10, validationSplit: 0.25, verbose: 0 })
      return run.id
    })
    end()
    const { data, outputs } = await client.runs.get(runId)
    const params = Object.fromEntries((data.params ?? []).map((one) => [one.key, one.value]))
    expect(params).toMatchObject({
      epochs: '4',
      batch_size: '10',
      validation_split: '0.25',
      opt_name: 'Adam',
      opt_learning_rate: '0.05',
    })
    for (const key of ['loss', 'mae', 'val_loss', 'val_mae']) {
      const history = await all(client.runs.metricHistory(runId, key))
      expect(history.map((point) => point.step ?? 0)).toEqual([0, 1, 2, 3])
    }
    const batches = await all(client.runs.metricHistory(runId, 'batch/loss'))
    expect(batches.map((point) => point.step ?? 0)).toEqual([0, 2, 4, 6, 8, 10])
    expect(data.metrics?.map((metric) => metric.key)).not.toContain('stopped_epoch')
    expect(
      await client.artifacts.getText((await client.runs.get(runId)).info.artifact_uri, 'model_summary.txt'),
    ).toMatch(/dense/)
    expect(models).toHaveLength(1)
    expect(outputs?.model_outputs).toEqual([{ model_id: models[0]!.modelId, step: 3 }])
    const again = await load(models[0]!)
    expect(await values(again)).toEqual(await values(model))
  })

  test('creates a run for a training outside of one, and handles early stopping and mixed callbacks', async () => {
    const name = `own ${crypto.randomUUID()}`
    const end = autolog(layers as never, { client, experiment, name, strict: true, logModels: false })
    const stopping = layers.callbacks.earlyStopping({ monitor: 'loss', minDelta: 1e9, patience: 1 })
    const epochs: number[] = []
    const callbacks = [stopping, { onEpochEnd: async (epoch: number) => void epochs.push(epoch) }]
    await aModel().fit(xs, ys, { epochs: 9, verbose: 0, callbacks: callbacks as never })
    end()
    await aModel().fit(xs, ys, { epochs: 1, verbose: 0 })
    const { experiment_id } = await client.experiments.getByName(experiment)
    const query = { experiment_ids: [experiment_id], filter: `run_name = '${name}'` }
    const [run, ...others] = await all(client.runs.search(query))
    expect(others).toEqual([])
    expect(run!.info.status).toBe('FINISHED')
    const latest = Object.fromEntries((run!.data.metrics ?? []).map((metric) => [metric.key, metric.value]))
    expect(latest.stopped_epoch).toBe(epochs.at(-1))
    expect(epochs.length).toBeLessThan(9)
    expect(run!.outputs?.model_outputs ?? []).toEqual([])
  })

  async function load({ artifactUri }: LoggedModel) {
    const { artifacts } = client
    const json = JSON.parse(await artifacts.getText(artifactUri, 'model/model.json'))
    const weights = await new Response(await artifacts.get(artifactUri, 'model/weights.bin')).arrayBuffer()
    const weightSpecs = json.weightsManifest[0].weights
    return layers.loadLayersModel(core.io.fromMemory({ ...json, weightSpecs, weightData: weights }))
  }
})

const values = async (model: { predict(x: typeof xs): unknown }) =>
  Array.from(await (model.predict(xs) as typeof ys).data())

test.each(['auto', 'online'] as const)(
  'training succeeds when the server is unreachable: %s',
  async (mode) => {
    const client = new TrackingClient(new HttpTransport({ baseUrl: 'http://127.0.0.1:9', attempts: 1 }))
    const end = autolog(layers as never, { client, mode, folder: await newFolder(), experiment: 'x' })
    const { history } = await aModel().fit(xs, ys, { epochs: 2, verbose: 0 })
    end()
    expect(history.loss).toHaveLength(2)
  },
)

test('rethrows the error of a failed training', async () => {
  const folder = await newFolder()
  const end = autolog(layers as never, { mode: 'offline', folder })
  const failing = aModel().fit(xs, core.tensor2d([[1]]), { epochs: 1, verbose: 0 })
  await expect(failing).rejects.toThrow(/samples/)
  end()
  const [run] = await listOfflineRuns(folder, '')
  expect(run!.summary.end?.status).toBe('FAILED')
})
