import { host } from '#host'
import type { Run } from './active-run.js'
import type { LoggedModel } from './models/log-model.js'
import { type SaveableModel, tensorflowModelFiles } from './models/tensorflow-model.js'
import { currentRun, type RunOptions, withRun } from './run.js'

type Logs = Readonly<Record<string, unknown>>

/** The part of `tf.LayersModel` that is used. */
export interface TrainableModel extends SaveableModel {
  readonly optimizer?: { getClassName(): string; getConfig(): Record<string, unknown> }
  summary(lineLength?: number, positions?: number[], print?: (...text: string[]) => void): void
}

type Fit = (this: TrainableModel, ...args: unknown[]) => Promise<unknown>

/** The part of `@tensorflow/tfjs` that is used, available since version 2. */
export interface TensorFlow {
  readonly LayersModel: { readonly prototype: object }
  readonly Sequential?: { readonly prototype: object }
  readonly CustomCallback: new (args: object, yieldEvery?: never) => object
}

export interface AutologOptions extends RunOptions {
  /** Also logs every n-th batch, as metrics `batch/…`. Default: epochs only. */
  readonly everyBatches?: number
  /** True if the trained model is logged. Default true. */
  readonly logModels?: boolean
  /** Called for every logged model. */
  readonly onModel?: (model: LoggedModel) => void
}

/**
 * Logs every `model.fit` and `model.fitDataset` from now on: parameters of the training and its optimizer, the model
 * summary, all metrics of every epoch, the epoch of an early stop, and the trained model. Logs into the run of the
 * enclosing `withRun`, otherwise into a new run created with `options`.
 *
 * Training does not fail because of logging: errors become warnings.
 *
 * @returns a function that stops autologging
 */
export function autolog(tf: TensorFlow, options: AutologOptions = {}): () => void {
  const ends = [tf.LayersModel, tf.Sequential].flatMap((model) =>
    model
      ? [wrap(tf, model.prototype, 'fit', options), wrap(tf, model.prototype, 'fitDataset', options)]
      : [],
  )
  return () => {
    for (const end of ends) end()
  }
}

/** Index of the options: `fit(x, y, options)` and `fitDataset(dataset, options)`. */
const OPTIONS_AT = { fit: 2, fitDataset: 1 } as const

function wrap(tf: TensorFlow, prototype: object, name: keyof typeof OPTIONS_AT, options: AutologOptions) {
  const methods = prototype as Record<string, Fit>
  const original = methods[name]!
  if (!Object.hasOwn(methods, name)) return () => {}
  methods[name] = function (...args) {
    const fitOptions = (args[OPTIONS_AT[name]] ?? {}) as FitOptions
    // A Sequential passes its options, with our callback, to the model inside it.
    if (toList(fitOptions.callbacks).some((callback) => logged.has(callback)))
      return original.apply(this, args)
    const fit = async (run: Run) => {
      const log = new FitLogger(run, this, fitOptions, options)
      const before = args.slice(0, OPTIONS_AT[name])
      while (before.length < OPTIONS_AT[name]) before.push(undefined)
      const history = await original.call(this, ...before, {
        ...fitOptions,
        callbacks: addCallback(tf, fitOptions, log),
      })
      await log.finish()
      return history
    }
    const run = options.nested === false ? undefined : (options.parent ?? currentRun())
    return run ? fit(run) : fitInNewRun(options, fit, () => original.apply(this, args))
  }
  return () => {
    methods[name] = original
  }
}

/** Trains in a new run, or without one if it cannot be created; the result of training is returned even if logging fails. */
async function fitInNewRun(
  options: AutologOptions,
  fit: (run: Run) => Promise<unknown>,
  fitUnlogged: () => Promise<unknown>,
): Promise<unknown> {
  let trained: Promise<unknown> | undefined
  try {
    await withRun(options, (run) => {
      trained = fit(run)
      return trained
    })
  } catch (error) {
    const failed = trained && (await trained.then(() => false).catch(() => true))
    if (failed || options.strict) throw error
    host.warn(`Training was not logged completely: ${(error as Error).message}`)
  }
  return trained ?? fitUnlogged()
}

interface FitOptions {
  readonly callbacks?: object | readonly object[]
  readonly epochs?: number
  readonly [name: string]: unknown
}

const logged = new WeakSet<object>()

const toList = (callbacks: FitOptions['callbacks']): readonly object[] =>
  callbacks === undefined || callbacks === null ? [] : Array.isArray(callbacks) ? callbacks : [callbacks]

/** tfjs takes either plain callbacks or instances of its class; if one is an instance, all are converted. */
function addCallback(tf: TensorFlow, { callbacks }: FitOptions, log: FitLogger): object[] {
  const existing = toList(callbacks)
  const isInstance = (callback: object) => 'setParams' in callback
  const all = [...existing, log.callback]
  const converted = existing.some(isInstance)
    ? all.map((callback) =>
        isInstance(callback) ? callback : new tf.CustomCallback(callback, 'auto' as never),
      )
    : all
  logged.add(converted.at(-1)!)
  return converted
}

/** Logs one training into a run. */
class FitLogger {
  readonly callback = {
    onTrainBegin: () => this.#try(() => this.#begin()),
    onEpochEnd: (epoch: number, logs?: Logs) => this.#try(() => this.#epochEnd(epoch, logs)),
    onBatchEnd: (_batch: number, logs?: Logs) => this.#try(() => this.#batchEnd(logs)),
  }
  readonly #run: Run
  readonly #model: TrainableModel
  readonly #fit: FitOptions
  readonly #options: AutologOptions
  #batches = 0
  #lastEpoch = -1

  constructor(run: Run, model: TrainableModel, fit: FitOptions, options: AutologOptions) {
    this.#run = run
    this.#model = model
    this.#fit = fit
    this.#options = options
  }

  async #begin(): Promise<void> {
    await this.#run.logParams({ ...trainingParams(this.#fit), ...optimizerParams(this.#model) })
    const lines: string[] = []
    this.#model.summary(undefined, undefined, (line = '') => lines.push(line))
    await this.#run.logText(`${lines.join('\n')}\n`, 'model_summary.txt')
  }

  async #epochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    this.#lastEpoch = epoch
    await this.#run.logMetrics(await numbers(logs), { step: epoch })
  }

  async #batchEnd(logs: Logs = {}): Promise<void> {
    const { everyBatches } = this.#options
    const step = this.#batches++
    if (everyBatches === undefined || step % everyBatches !== 0) return
    const { batch: _, size: __, ...values } = await numbers(logs)
    const named = Object.entries(values).map(([key, value]) => [`batch/${key}`, value])
    await this.#run.logMetrics(Object.fromEntries(named), { step })
  }

  async finish(): Promise<void> {
    const { epochs } = this.#fit
    const early = epochs !== undefined && this.#lastEpoch + 1 < epochs
    if (early) await this.#try(() => this.#run.logMetrics({ stopped_epoch: this.#lastEpoch }))
    if (this.#options.logModels === false) return
    await this.#try(async () => {
      const step = Math.max(0, this.#lastEpoch)
      const { files, flavors } = await tensorflowModelFiles(this.#model)
      const options = { name: this.#model.name || 'model', modelType: 'tensorflowjs', flavors, step }
      const model = await this.#run.logModel(files, options)
      this.#options.onModel?.(model)
    })
  }

  async #try(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      if (this.#options.strict) throw error
      host.warn(`Training was not logged completely: ${(error as Error).message}`)
    }
  }
}

/** Keeps numbers only. With `yieldEvery` and some backends a value is a tensor whose number must be fetched. */
async function numbers(logs: Logs): Promise<Record<string, number>> {
  const values: Record<string, number> = {}
  for (const [key, value] of Object.entries(logs)) {
    if (typeof value === 'number') values[key] = value
    else if (isScalar(value)) values[key] = (await value.data())[0]!
  }
  return values
}

const isScalar = (value: unknown): value is { data(): Promise<ArrayLike<number>> } =>
  typeof value === 'object' && value !== null && 'data' in value

const PARAMS = {
  epochs: 'epochs',
  batchSize: 'batch_size',
  validationSplit: 'validation_split',
  shuffle: 'shuffle',
  initialEpoch: 'initial_epoch',
  batchesPerEpoch: 'batches_per_epoch',
  validationBatches: 'validation_batches',
  classWeight: 'class_weight',
} as const

function trainingParams(fit: FitOptions): Record<string, unknown> {
  const named = Object.entries(PARAMS).map(([key, name]) => [name, fit[key]] as const)
  return Object.fromEntries(named.filter(([, value]) => value !== undefined))
}

/** Uses the names of `mlflow.tensorflow.autolog`, e.g. `opt_learning_rate`. */
function optimizerParams({ optimizer }: TrainableModel): Record<string, unknown> {
  if (!optimizer) return {}
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const config = Object.entries(optimizer.getConfig()).map(([key, value]) => [`opt_${snake(key)}`, value])
  return { opt_name: optimizer.getClassName(), ...Object.fromEntries(config) }
}
