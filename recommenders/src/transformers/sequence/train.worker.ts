import { parentPort, workerData } from 'node:worker_threads'
import { OnnxSession } from '@cairn/flavors/onnx/session'
import { claimRows } from '../../numeric/worker-pool.js'
import { adamStep } from './adam.js'
import { GradientSession, parameterTensors } from './gradient-session.js'
import { sequenceKind } from './kinds.js'
import { FILLER, tokenOf } from './network.js'
import { probeGraph } from './scoring-graph.js'
import { seedOf } from './seeds.js'
import { Shards } from './shards.js'
import { LANES, layoutOf, networkOf, type TrainingMessage, type TrainingTask } from './training-task.js'
import { rankOf } from './validation.js'

const USERS_A_PROBE = 16
const FLOATS_A_CLAIM = 16_384

const task = workerData as TrainingTask
const { shared, seed, engine } = task
const network = networkOf(task)
const layout = layoutOf(task)
const shards = new Shards(task.sequences, { ...task, kind: sequenceKind(task.kind) })
const training = await GradientSession.open(network, layout, { dropout: task.dropout, engine })
const probe = await OnnxSession.open(probeGraph(network), engine ? { engine } : {})
/** The library takes no shared memory. */
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
      const seeds = { pool: seedOf(seed, 4, epoch), windows: seedOf(seed, 5, epoch, step, part) }
      shared.losses[lane]! += await training.run(parameters, parts[part]!, seeds, shared.gradients[lane]!)
    }
  }
}

function update(rate: number, step: number): void {
  const state = { parameters: shared.parameters, means: shared.means, squares: shared.squares }
  const gradients = shared.gradients.slice(0, shared.counters[1])
  for (const range of claimRows(shared.counters, layout.size, FLOATS_A_CLAIM))
    adamStep(state, gradients, range, { ...task.adam, rate, step })
}

async function validate(): Promise<void> {
  const { histories, targets } = task.validation
  const { items, maxLength } = network.sizes
  parameters.set(shared.parameters)
  const weights = parameterTensors(layout, parameters)
  for (const [from, to] of claimRows(shared.counters, targets.length, USERS_A_PROBE)) {
    const all = Array.from({ length: to - from }, (_, n) =>
      histories.itemOf.subarray(histories.starts[from + n], histories.ends[from + n]),
    )
    const length = Math.min(all[0]!.length, maxLength)
    const tokens = new Int32Array(all.length * length).fill(FILLER)
    for (const [row, history] of all.entries()) {
      const latest = history.subarray(-length)
      tokens.set(latest.map(tokenOf), (row + 1) * length - latest.length)
    }
    const history = { data: tokens, dims: [all.length, length] }
    const { scores } = await probe.run({ ...weights, history })
    for (const [row, seen] of all.entries()) {
      const own = scores!.data.subarray(row * items, (row + 1) * items) as Float32Array
      shared.ranks[from + row] = rankOf(own, targets[from + row]!, seen)
    }
  }
}

async function close(): Promise<void> {
  await training.close()
  await probe.close()
  parentPort!.close()
}

parentPort!.on('message', async (message: TrainingMessage) => {
  if (message.phase === 'close') return close()
  if (message.phase === 'gradients') await computeGradients(message.epoch, message.step)
  else if (message.phase === 'update') update(message.rate, message.count)
  else await validate()
  parentPort!.postMessage('done')
})
