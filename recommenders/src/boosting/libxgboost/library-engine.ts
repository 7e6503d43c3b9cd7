import type { ChildProcess } from 'node:child_process'
import type { XgboostModel } from '@cairn/flavors/xgboost/model'
import { readXgboost } from '@cairn/flavors/xgboost/read'
import { invalid } from '@cairn/platform/errors'
import { startProcess } from '@cairn/platform/processes/child-process'
import type { BoosterData } from '../booster-data.js'
import type { BoostingEngine } from '../engine.js'
import { metricOf } from '../metrics.js'
import type { BoosterParams } from '../params.js'
import type { LibraryTable } from './library.js'
import type { LibraryAnswer, LibraryTask } from './main.js'

export interface LibraryOptions {
  /** Path of libxgboost; the usual places without. */
  readonly library: string | undefined
  readonly evaluation: BoosterData | undefined
  readonly threads: number
}

/** XGBoost's own library in a process of its own: a round cannot be interrupted there, and a fault is not ours. */
export class LibraryEngine implements BoostingEngine {
  readonly #child: ChildProcess
  readonly #task: LibraryTask
  #started = false
  #said = ''

  constructor(data: BoosterData, params: BoosterParams, { library, evaluation, threads }: LibraryOptions) {
    const tables = { data: tableOf(data), evaluation: evaluation && tableOf(evaluation) }
    const parameters = libraryParameters(params, threads)
    this.#task = { library, threads, parameters, rounds: params.num_boost_round, ...tables }
    this.#child = startProcess(new URL('./main.js', import.meta.url))
    this.#child.stdout!.resume()
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-2_000)
    })
  }

  async next(signal?: AbortSignal): Promise<number | undefined> {
    const answer = await this.#ask(this.#started ? true : this.#task, signal)
    this.#started = true
    if ('score' in answer) return answer.score
    throw new Error('libxgboost ended before its last round')
  }

  async model(): Promise<XgboostModel> {
    const answer = await this.#ask(false)
    if ('model' in answer) return readXgboost(answer.model, 'the model of libxgboost')
    throw new Error('libxgboost went on after its last round')
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL')
  }

  /** The next message of the process. It rejects when there is none, and at once when aborted. */
  async #ask(
    message: LibraryTask | boolean,
    signal?: AbortSignal,
  ): Promise<Exclude<LibraryAnswer, { error: string }>> {
    signal?.throwIfAborted()
    const child = this.#child
    const stop = () => child.kill('SIGKILL')
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const answer = await new Promise<LibraryAnswer>((resolve, reject) => {
        child.once('message', resolve).once('error', reject)
        child.once('exit', (code, by) =>
          reject(new Error(`libxgboost's process ended by ${by ?? code}. ${this.#said}`)),
        )
        child.send(message)
      })
      if ('error' in answer) throw invalid(answer.error)
      return answer
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', stop)
      child.removeAllListeners()
    }
  }
}

/** Copies, because what is shared between threads cannot be sent to a process. */
const tableOf = ({ rows, features, names, labels, groups, weights }: BoosterData): LibraryTable => ({
  rows: new Float32Array(rows),
  features,
  labels: new Float32Array(labels),
  ...(names && { names }),
  ...(groups && { groups: new Uint32Array(groups) }),
  ...(weights && { weights: new Float32Array(weights) }),
})

const OURS: readonly string[] = ['num_boost_round', 'early_stopping_rounds', 'eval_metric']

/** As texts, without what means nothing to the objective. */
export function libraryParameters(params: BoosterParams, threads: number): Record<string, string> {
  const ranking = params.objective === 'rank:ndcg'
  const isMeant = ([name, value]: [string, unknown]) => {
    if (OURS.includes(name) || value === null) return false
    if (name === 'num_class') return params.num_class > 1
    if (name === 'monotone_constraints') return params.monotone_constraints.length > 0
    return ranking || !/^(lambdarank|ndcg)_/.test(name)
  }
  const given = Object.entries(params).filter(isMeant)
  return {
    ...Object.fromEntries(given.map(([name, value]) => [name, textOf(value)])),
    eval_metric: metricOf(params).name,
    tree_method: 'hist',
    nthread: String(threads),
    verbosity: '0',
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  return Array.isArray(value) ? `(${value.join(',')})` : String(value)
}
