import { createHash } from 'node:crypto'
import type { OnnxEngine } from '@cairn/flavors/onnx/session'
import { invalid } from '@cairn/platform/errors'
import type { FitData, FitOptions } from '../../models/recipe.js'
import { threadCount } from '../../numeric/worker-pool.js'
import { type Checkpoint, findCheckpoint, writeCheckpoint } from './checkpoint.js'
import { type NetworkSizes, type SequenceKind, tokenOf } from './network.js'
import { type SequenceParameters, settle } from './parameters.js'
import { stepsOf } from './shards.js'
import { layoutOf, shareState, type TrainingRound, type TrainingTask } from './training-task.js'
import { TrainingThreads } from './training-threads.js'
import { holdOut, validationMetrics } from './validation.js'

/** What training gives: the parameters of the best epoch. */
export interface TrainedSequence {
  readonly sizes: NetworkSizes
  readonly settings: SequenceParameters
  readonly parameters: Float32Array
  readonly best: { readonly epoch: number; readonly ndcg: number }
}

export interface TrainOptions extends FitOptions {
  readonly engine?: OnnxEngine
}

const FEWEST_USERS = 10
/** A history, what asks behind it, and room for some order. */
const SHORTEST = 4

/**
 * Trains a sequence model with Adam. The last event of the validation users is held out and tells which epoch was best;
 * there is no second training on it, but whoever scores a user may give all of their events.
 *
 * Equal data, parameters and seed give the same bits whatever the number of threads: a step is cut into shards by the
 * data alone, and their gradients are added up in order. `checkpoints` is written after each epoch; going on from it
 * gives what the uninterrupted training does.
 *
 * Throws INVALID_PARAMETER_VALUE for too little data, and an error that names the step when the loss is not finite.
 */
export async function trainSequence(
  kind: SequenceKind,
  data: FitData,
  parameters: SequenceParameters,
  options: TrainOptions = {},
): Promise<TrainedSequence> {
  options.signal?.throwIfAborted()
  const { task, settings } = taskOf(kind, data, parameters, options)
  const threads = new TrainingThreads(threadCount(options.threads), task)
  try {
    return await new Training(task, threads, settings, options).run()
  } finally {
    await threads.close()
  }
}

function taskOf(
  kind: SequenceKind,
  { train }: FitData,
  parameters: SequenceParameters,
  options: TrainOptions,
): { task: TrainingTask; settings: SequenceParameters } {
  const { seed, width, heads, blocks } = parameters
  if (width % heads !== 0)
    throw invalid(`${kind.name}: 'width' ${width} is not a multiple of 'heads' ${heads}`)
  const { sequences, validation } = holdOut(train, { most: parameters.validation_users, seed })
  if (sequences.starts.length < FEWEST_USERS || validation.targets.length === 0)
    throw invalid(
      `${kind.name} needs at least ${FEWEST_USERS} users with 2 events or more to learn from, there are ` +
        `${sequences.starts.length} of ${train.users.size}`,
    )
  const settings = settle(parameters, sequences.starts.length)
  const { max_length: maxLength } = settings
  if (maxLength < SHORTEST) throw invalid(`${kind.name}: 'max_length' must be 0 or at least ${SHORTEST}`)
  const sizes = { items: train.items.size, width, heads, blocks, maxLength }
  const described = { kind: kind.name, sizes }
  const task: TrainingTask = {
    ...described,
    settings,
    seed,
    batchSize: settings.batch_size,
    dropout: settings.dropout,
    adam: { beta1: settings.beta1, beta2: settings.beta2, epsilon: 1e-8 },
    engine: options.engine,
    sequences,
    validation,
    shared: shareState(layoutOf(described).size, validation.targets.length),
  }
  return { task, settings }
}

class Training {
  readonly #task: TrainingTask
  readonly #threads: TrainingThreads
  readonly #parameters: SequenceParameters
  readonly #options: TrainOptions
  readonly #fingerprint: string
  readonly #stepsAnEpoch: number
  #epoch = 0
  #steps = 0
  #best = { epoch: 0, ndcg: -1 }
  #bestParameters: Float32Array

  constructor(
    task: TrainingTask,
    threads: TrainingThreads,
    parameters: SequenceParameters,
    options: TrainOptions,
  ) {
    this.#task = task
    this.#threads = threads
    this.#parameters = parameters
    this.#options = options
    this.#fingerprint = fingerprintOf(task, parameters)
    this.#stepsAnEpoch = stepsOf(task.sequences, task.batchSize)
    layoutOf(task).initialize(task.shared.parameters, { seed: task.seed, events: eventsByToken(task) })
    this.#bestParameters = task.shared.parameters.slice()
  }

  async run(): Promise<TrainedSequence> {
    const { checkpoints } = this.#options
    const found = checkpoints && (await findCheckpoint(checkpoints, this.#fingerprint))
    if (found) this.#restore(found)
    const { epochs, patience } = this.#parameters
    while (this.#epoch < epochs && this.#epoch - this.#best.epoch < patience) {
      await this.#runEpoch()
      if (checkpoints) await writeCheckpoint(checkpoints, this.#checkpoint())
    }
    return {
      sizes: this.#task.sizes,
      settings: this.#parameters,
      parameters: this.#bestParameters,
      best: this.#best,
    }
  }

  async #runEpoch(): Promise<void> {
    const started = performance.now()
    let loss = 0
    for (let step = 0; step < this.#stepsAnEpoch; step++) loss += await this.#runStep(step)
    const trained = performance.now()
    await this.#round({ phase: 'validate' })
    this.#epoch++
    const { ndcg, hitRate } = validationMetrics(this.#task.shared.ranks)
    if (ndcg > this.#best.ndcg) {
      this.#best = { epoch: this.#epoch, ndcg }
      this.#bestParameters = this.#task.shared.parameters.slice()
    }
    const seconds = (trained - started) / 1000
    const metrics = {
      train_loss: loss / this.#stepsAnEpoch,
      validation_ndcg: ndcg,
      validation_hit_rate: hitRate,
      users_per_second: this.#task.sequences.starts.length / seconds,
    }
    const message = `loss ${metrics.train_loss.toFixed(3)}, validation NDCG@10 ${ndcg.toFixed(4)}, ${seconds.toFixed(1)} s`
    const { epochs: total } = this.#parameters
    await this.#options.onStep?.({ done: this.#epoch, total, unit: 'epochs', message, metrics })
    this.#options.signal?.throwIfAborted()
  }

  async #runStep(step: number): Promise<number> {
    const { shared } = this.#task
    await this.#round({ phase: 'gradients', epoch: this.#epoch, step })
    let loss = 0
    for (let lane = 0; lane < shared.counters[1]!; lane++) loss += shared.losses[lane]!
    this.#steps++
    if (!Number.isFinite(loss))
      throw new Error(
        `the loss is ${loss} at step ${this.#steps} (epoch ${this.#epoch + 1}); try a lower learning_rate`,
      )
    await this.#round({ phase: 'update', rate: this.#rate(), count: this.#steps })
    return loss
  }

  /** Rises linearly, then falls along half a cosine. */
  #rate(): number {
    const { learning_rate: highest, warmup_steps: warmup, epochs } = this.#parameters
    if (this.#steps <= warmup) return (highest * this.#steps) / warmup
    const progress = (this.#steps - warmup) / Math.max(1, epochs * this.#stepsAnEpoch - warmup)
    return (highest * (1 + Math.cos(Math.PI * Math.min(1, progress)))) / 2
  }

  #round(round: TrainingRound): Promise<void> {
    return this.#threads.run(round, this.#options.signal)
  }

  #checkpoint(): Checkpoint {
    const { parameters, means, squares } = this.#task.shared
    return {
      fingerprint: this.#fingerprint,
      epoch: this.#epoch,
      steps: this.#steps,
      best: this.#best,
      parameters,
      means,
      squares,
      bestParameters: this.#bestParameters,
    }
  }

  #restore({ epoch, steps, best, bestParameters, ...arrays }: Checkpoint): void {
    const { shared } = this.#task
    shared.parameters.set(arrays.parameters)
    shared.means.set(arrays.means)
    shared.squares.set(arrays.squares)
    this.#bestParameters = bestParameters
    this.#epoch = epoch
    this.#steps = steps
    this.#best = best
  }
}

function eventsByToken({ sequences, sizes }: TrainingTask): Int32Array {
  const { starts, ends, itemOf } = sequences
  const events = new Int32Array(sizes.items + 1)
  for (let user = 0; user < starts.length; user++)
    for (let at = starts[user]!; at < ends[user]!; at++) events[tokenOf(itemOf[at]!)]!++
  return events
}

function fingerprintOf({ kind, sequences, sizes }: TrainingTask, parameters: SequenceParameters): string {
  const hash = createHash('sha256').update(JSON.stringify({ kind, sizes, parameters }))
  for (const array of [sequences.starts, sequences.ends, sequences.itemOf])
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  return hash.digest('hex')
}
