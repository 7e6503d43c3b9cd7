import type { XgboostModel } from '@cairn/flavors/xgboost/model'
import { WorkerPool } from '../numeric/worker-pool.js'
import type { BoosterData } from './booster-data.js'
import { createLayout } from './create-layout.js'
import type { BoostingEngine } from './engine.js'
import type { BoosterParams } from './parameters.js'
import type { RoundResult } from './rounds.js'
import type { GrownTree } from './tree.js'
import { toXgboostModel } from './xgboost-model.js'

/** One thread coordinates the training; the others execute its calls. */
export class BuiltInEngine implements BoostingEngine {
  readonly #data: BoosterData
  readonly #params: BoosterParams
  readonly #coordinator: WorkerPool<'round', RoundResult>
  readonly #helpers: WorkerPool<'serve'>
  readonly #failing: Promise<never>
  readonly #trees: GrownTree[] = []

  constructor(
    data: BoosterData,
    params: BoosterParams,
    { evaluation, threads }: { evaluation: BoosterData | undefined; threads: number },
  ) {
    this.#data = data
    this.#params = params
    const layout = createLayout(data, evaluation, params, threads)
    this.#coordinator = new WorkerPool(new URL('./coordinator.worker.js', import.meta.url), 1, layout)
    this.#helpers = new WorkerPool(new URL('./helper.worker.js', import.meta.url), threads - 1, layout)
    this.#failing = failureOf(this.#helpers)
  }

  async next(signal?: AbortSignal): Promise<number | undefined> {
    const [result] = await Promise.race([this.#coordinator.run('round', signal), this.#failing])
    this.#trees.push(...result!.trees)
    return result!.metric
  }

  async model(): Promise<XgboostModel> {
    return toXgboostModel(this.#data, this.#params, this.#trees)
  }

  async close(): Promise<void> {
    await Promise.all([this.#coordinator.close(), this.#helpers.close()])
  }
}

/** Rejects when a helper fails; helpers never respond otherwise. */
function failureOf(helpers: WorkerPool<'serve'>): Promise<never> {
  const serving = helpers.run('serve').then(() => new Promise<never>(() => {}))
  serving.catch(() => {}) // close() terminates the helpers, which rejects this promise
  return serving
}
