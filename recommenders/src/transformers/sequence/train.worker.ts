import { parentPort, workerData } from 'node:worker_threads'
import { OnnxSession } from '@cairn/flavors/onnx/session'
import { claimRows } from '../../numeric/worker-pool.js'
import { adamStep } from './adam.js'
import { GradientSession, parameterTensors } from './gradient-session.js'
import { loadKind } from './load-kind.js'
import { PADDING, tokenOf } from './network.js'
import { ParameterLayout } from './parameter-layout.js'
import { validationGraph } from './scoring-graph.js'
import { mixSeed } from './seeds.js'
import { Shards } from './shards.js'
import { LANES, type TrainingMessage, type TrainingTask } from './training-task.js'
import { targetRank } from './validation.js'

const USERS_PER_CLAIM = 16
const FLOATS_PER_CLAIM = 16_384

const task = workerData as TrainingTask
const { shared, seed, engine } = task
const kind = await loadKind(task.kind)
const network = kind.network(task.sizes)
const layout = new ParameterLayout(network.parameters)
const shards = new Shards(task.sequences, { ...task, kind })
const training = await GradientSession.open(network, layout, { dropout: task.dropout, engine })
const validationSession = await OnnxSession.open(validationGraph(network), engine ? { engine } : {})
/** A copy, because onnxruntime does not accept shared memory. */
const parameters = new Float32Array(layout.size)

async function computeGradients(epoch: number, step: number): Promise<void> {
  const parts = shards.of(epoch, step)
  const lanes = Math.min(LANES, parts.length)
  shared.counters[1] = lanes
  parameters.set(shared.parameters)
  for (const [lane] of claimRows(shared.counters, lanes, 1)) {
    shared.losses[lane] = 0
    shared.gradients[lane]!.fill(0)
    for (let part = lane; part < parts.length; part += LANES) {
      const seeds = { pool: mixSeed(seed, 4, epoch), windows: mixSeed(seed, 5, epoch, step, part) }
      shared.losses[lane]! += await training.run(parameters, parts[part]!, seeds, shared.gradients[lane]!)
    }
  }
}

function update(rate: number, step: number): void {
  const state = { parameters: shared.parameters, means: shared.means, squares: shared.squares }
  const gradients = shared.gradients.slice(0, shared.counters[1])
  for (const range of claimRows(shared.counters, layout.size, FLOATS_PER_CLAIM))
    adamStep(state, gradients, range, { ...task.adam, rate, step })
}

async function validate(): Promise<void> {
  const { histories, targets } = task.validation
  const { items, maxLength } = network.sizes
  parameters.set(shared.parameters)
  const weights = parameterTensors(layout, parameters)
  for (const [from, to] of claimRows(shared.counters, targets.length, USERS_PER_CLAIM)) {
    const all = Array.from({ length: to - from }, (_, n) =>
      histories.itemOf.subarray(histories.starts[from + n], histories.ends[from + n]),
    )
    const length = Math.min(all[0]!.length, maxLength)
    const tokens = new Int32Array(all.length * length).fill(PADDING)
    for (const [row, history] of all.entries()) {
      const latest = history.subarray(-length)
      tokens.set(latest.map(tokenOf), (row + 1) * length - latest.length)
    }
    const history = { data: tokens, dims: [all.length, length] }
    const { scores } = await validationSession.run({ ...weights, history })
    for (const [row, seen] of all.entries()) {
      const own = scores!.data.subarray(row * items, (row + 1) * items) as Float32Array
      shared.ranks[from + row] = targetRank(own, targets[from + row]!, seen)
    }
  }
}

async function close(): Promise<void> {
  await training.close()
  await validationSession.close()
  parentPort!.close()
}

parentPort!.on('message', async (message: TrainingMessage) => {
  if (message.phase === 'close') return close()
  if (message.phase === 'gradients') await computeGradients(message.epoch, message.step)
  else if (message.phase === 'update') update(message.rate, message.count)
  else await validate()
  parentPort!.postMessage('done')
})
