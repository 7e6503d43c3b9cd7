import { createHash } from 'node:crypto'
import type { OnnxEngine } from '@cairn/flavors/onnx/session'
import { invalid } from '@cairn/platform/errors'
import { threadCount } from '../../numeric/worker-pool.js'
import type { FitInput, FitOptions } from '../../recipe.js'
import { type Checkpoint, findCheckpoint, writeCheckpoint } from './checkpoint.js'
import { type NetworkSizes, type SequenceKind, tokenOf } from './network.js'
import { ParameterLayout } from './parameter-layout.js'
import { resolveAutoParameters, type SequenceParameters } from './parameters.js'
import { stepsPerEpoch } from './shards.js'
import { createSharedState, type TrainingRound, type TrainingTask } from './training-task.js'
import { TrainingThreads } from './training-threads.js'
import { holdOutValidation, validationMetrics } from './validation.js'

/** The result of training: the parameters of the best epoch. */
export interface TrainedSequence {
  readonly sizes: NetworkSizes
  readonly settings: SequenceParameters
  readonly parameters: Float32Array
  readonly best: { readonly epoch: number; readonly ndcg: number }
}

export interface TrainOptions extends FitOptions {
  readonly engine?: OnnxEngine
}

const MIN_USERS = 10
/** Room for a short history and the query token. */
const MIN_LENGTH = 4

/**
 * Trains a sequence model with Adam. The last event of the validation users is held out to select the best epoch. The model
 * is not trained again on these events, but scoring may use all events of a user.
 *
 * Equal data, parameters and seed produce the same bits for any number of threads: a step is divided into shards by the
 * data alone, and their gradients are summed in order. `checkpoints` is written after each epoch; a training that resumes
 * from it has the same result as an uninterrupted one.
 *
 * Throws INVALID_PARAMETER_VALUE for too little data, and an error naming the step if the loss is not finite.
 */
export async function trainSequence(
  kind: SequenceKind,
  data: FitInput,
  parameters: SequenceParameters,
  options: TrainOptions = {},
): Promise<TrainedSequence> {
  options.signal?.throwIfAborted()
  const { task, settings } = createTask(kind, data, parameters, options)
  const threads = new TrainingThreads(threadCount(options.threads), task)
  try {
    return await new Training(task, threads, settings, options).run()
  } finally {
    await threads.close()
  }
}

function createTask(
  kind: SequenceKind,
  { train }: FitInput,
  parameters: SequenceParameters,
  options: TrainOptions,
): { task: TrainingTask; settings: SequenceParameters } {
  const { seed, width, heads, blocks } = parameters
  if (width % heads !== 0)
    throw invalid(`${kind.name}: 'width' ${width} is not a multiple of 'heads' ${heads}`)
  const { sequences, validation } = holdOutValidation(train, { most: parameters.validation_users, seed })
  if (sequences.starts.length < MIN_USERS || validation.targets.length === 0)
    throw invalid(
      `${kind.name} needs at least ${MIN_USERS} users with 2 or more training events; the data have ` +
        `${sequences.starts.length} of ${train.users.size}`,
    )
  const settings = resolveAutoParameters(parameters, sequences.starts.length)
  const { max_length: maxLength } = settings
  if (maxLength < MIN_LENGTH) throw invalid(`${kind.name}: 'max_length' must be 0 or at least ${MIN_LENGTH}`)
  const sizes = { items: train.items.size, width, heads, blocks, maxLength }
  const layout = new ParameterLayout(kind.network(sizes).parameters)
  const task: TrainingTask = {
    kind: { name: kind.name, module: kind.module },
    sizes,
    settings,
    seed,
    batchSize: settings.batch_size,
    dropout: settings.dropout,
    adam: { beta1: settings.beta1, beta2: settings.beta2, epsilon: 1e-8 },
    engine: options.engine,
    sequences,
    validation,
    shared: createSharedState(layout.size, validation.targets.length),
  }
  layout.initialize(task.shared.parameters, { seed, events: eventsByToken(task) })
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
    this.#stepsAnEpoch = stepsPerEpoch(task.sequences, task.batchSize)
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

  /** Linear warm-up, then cosine decay. */
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
  const hash = createHash('sha256').update(JSON.stringify({ kind: kind.name, sizes, parameters }))
  for (const array of [sequences.starts, sequences.ends, sequences.itemOf])
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  return hash.digest('hex')
}
