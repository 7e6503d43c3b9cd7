import type { XgboostModel } from '@cairn/flavors/xgboost/model'
import { WorkerPool } from '../numeric/worker-pool.js'
import type { BoosterData } from './booster-data.js'
import { createLayout } from './create-layout.js'
import type { BoostingEngine } from './engine.js'
import { modelOf } from './model-of.js'
import type { BoosterParams } from './params.js'
import type { RoundResult } from './rounds.js'
import type { GrownTree } from './tree.js'

/** One thread conducts, the others help it. */
export class BuiltInEngine implements BoostingEngine {
  readonly #data: BoosterData
  readonly #params: BoosterParams
  readonly #conductor: WorkerPool<'round', RoundResult>
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
    this.#conductor = new WorkerPool(new URL('./conductor.worker.js', import.meta.url), 1, layout)
    this.#helpers = new WorkerPool(new URL('./helper.worker.js', import.meta.url), threads - 1, layout)
    this.#failing = failureOf(this.#helpers)
  }

  async next(signal?: AbortSignal): Promise<number | undefined> {
    const [result] = await Promise.race([this.#conductor.ask('round', signal), this.#failing])
    this.#trees.push(...result!.trees)
    return result!.metric
  }

  async model(): Promise<XgboostModel> {
    return modelOf(this.#data, this.#params, this.#trees)
  }

  async close(): Promise<void> {
    await Promise.all([this.#conductor.close(), this.#helpers.close()])
  }
}

/** Helpers never answer; it rejects when one fails. */
function failureOf(helpers: WorkerPool<'serve'>): Promise<never> {
  const serving = helpers.run('serve').then(() => new Promise<never>(() => {}))
  serving.catch(() => {}) // closing them ends them, unheard
  return serving
}
