import type { ChildProcess } from 'node:child_process'
import type { XgboostModel } from '@cairn/flavors/xgboost/model'
import { readXgboost } from '@cairn/flavors/xgboost/read'
import { invalid } from '@cairn/platform/errors'
import { startProcess } from '@cairn/platform/processes/child-process'
import type { BoosterData } from '../booster-data.js'
import type { BoostingEngine } from '../engine.js'
import { metricOf } from '../metrics.js'
import type { BoosterParams } from '../parameters.js'
import type { LibraryTable } from './library.js'
import type { AfterRound, LibraryMessage, LibraryTask } from './main.js'

export interface LibraryOptions {
  /** Path of libxgboost; default: the system's library names. */
  readonly library: string | undefined
  readonly evaluation: BoosterData | undefined
  readonly threads: number
}

/** XGBoost's library in a separate process, because a round cannot be interrupted and a crash must not take the server down. */
export class LibraryEngine implements BoostingEngine {
  readonly #child: ChildProcess
  readonly #task: LibraryTask
  #started = false
  #stderr = ''

  constructor(data: BoosterData, params: BoosterParams, { library, evaluation, threads }: LibraryOptions) {
    const tables = { data: tableOf(data), evaluation: evaluation && tableOf(evaluation) }
    const parameters = libraryParameters(params, threads)
    this.#task = { library, threads, parameters, rounds: params.num_boost_round, ...tables }
    this.#child = startProcess(new URL('./main.js', import.meta.url))
    this.#child.stdout!.resume()
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2_000)
    })
  }

  async next(signal?: AbortSignal): Promise<number | undefined> {
    const response = await this.#request(this.#started ? 'continue' : this.#task, signal)
    this.#started = true
    if ('score' in response) return response.score
    throw new Error('libxgboost ended before its last round')
  }

  async model(): Promise<XgboostModel> {
    const response = await this.#request('finish')
    if ('model' in response) return readXgboost(response.model, 'the model of libxgboost')
    throw new Error('libxgboost continued after its last round')
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL')
  }

  /** Sends `message` and resolves with the response. Rejects if the process exits, and immediately on abort. */
  async #request(
    message: LibraryTask | AfterRound,
    signal?: AbortSignal,
  ): Promise<Exclude<LibraryMessage, { error: string }>> {
    signal?.throwIfAborted()
    const child = this.#child
    const stop = () => child.kill('SIGKILL')
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const response = await new Promise<LibraryMessage>((resolve, reject) => {
        child.once('message', resolve).once('error', reject)
        child.once('exit', (code, by) =>
          reject(new Error(`libxgboost's process ended by ${by ?? code}. ${this.#stderr}`)),
        )
        child.send(message)
      })
      if ('error' in response) throw invalid(response.error)
      return response
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', stop)
      child.removeAllListeners()
    }
  }
}

/** Copies the arrays, because shared memory cannot be sent to a process. */
const tableOf = ({ rows, features, names, labels, groups, weights }: BoosterData): LibraryTable => ({
  rows: new Float32Array(rows),
  features,
  labels: new Float32Array(labels),
  ...(names && { names }),
  ...(groups && { groups: new Uint32Array(groups) }),
  ...(weights && { weights: new Float32Array(weights) }),
})

const ENGINE_PARAMETERS: readonly string[] = ['num_boost_round', 'early_stopping_rounds', 'eval_metric']

/** The library's parameters as strings, without those that do not apply to the objective. */
export function libraryParameters(params: BoosterParams, threads: number): Record<string, string> {
  const ranking = params.objective === 'rank:ndcg'
  const applies = ([name, value]: [string, unknown]) => {
    if (ENGINE_PARAMETERS.includes(name) || value === null) return false
    if (name === 'num_class') return params.num_class > 1
    if (name === 'monotone_constraints') return params.monotone_constraints.length > 0
    return ranking || !/^(lambdarank|ndcg)_/.test(name)
  }
  const applicable = Object.entries(params).filter(applies)
  return {
    ...Object.fromEntries(applicable.map(([name, value]) => [name, formatValue(value)])),
    eval_metric: metricOf(params).name,
    tree_method: 'hist',
    nthread: String(threads),
    verbosity: '0',
  }
}

function formatValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  return Array.isArray(value) ? `(${value.join(',')})` : String(value)
}
