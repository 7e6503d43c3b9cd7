import { createHash, randomFillSync } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../harness/random.js'
import { Client } from './client.js'
import type { CrashingServer } from './crashing-server.js'
import { Ledger } from './ledger.js'
import { Registrar } from './registrar.js'
import { Tracer } from './tracer.js'

const MAX_PAUSE_MS = 15
const MAX_ARTIFACT_BYTES = 4 * 1024 * 1024
const KEYS = ['loss', 'ndcg_at_10', 'precision_at_10', 'système/mémoire']

export interface WrittenRun {
  readonly id: string
  readonly artifacts: string
  readonly ledger: Ledger
}

/** A short hash of the content of a file. */
export const fingerprint = (bytes: Uint8Array) =>
  `${bytes.length} bytes, sha1 ${createHash('sha1').update(bytes).digest('hex')}`

/** A client that logs sequentially until it is stopped, and never retries. */
export class Writer {
  readonly #name: string
  readonly #client: Client
  readonly #random: Random
  readonly #experiment: string
  readonly runs: WrittenRun[] = []
  /** `attempt` tags of the runs it created, and whether they were acknowledged. */
  readonly attempts = new Map<string, boolean>()
  readonly registrar: Registrar
  readonly tracer: Tracer
  #step = 0

  constructor(name: string, server: CrashingServer, random: Random, experiment: string) {
    this.#name = name
    this.#client = new Client(server)
    this.#random = random
    this.#experiment = experiment
    this.registrar = new Registrar(name, server, random)
    this.tracer = new Tracer(server, random, experiment)
  }

  get refusals(): string[] {
    return [...this.#client.refusals, ...this.registrar.refusals, ...this.tracer.refusals]
  }

  async write(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      if (this.runs.length === 0 || this.#random.next() < 0.01) await this.#createRun()
      else await this.#log(this.runs.at(-1)!)
      await sleep(this.#random.int(0, MAX_PAUSE_MS))
    }
  }

  async #createRun() {
    const attempt = `${this.#name}-${this.attempts.size}`
    this.attempts.set(attempt, false)
    const body = { experiment_id: this.#experiment, tags: [{ key: 'attempt', value: attempt }] }
    const answer = await this.#post('create', body)
    if (!answer) return
    this.attempts.set(attempt, true)
    const { info } = answer.json<{ run: { info: { run_id: string; artifact_uri: string } } }>().run
    const artifacts = info.artifact_uri.replace('mlflow-artifacts:', '')
    this.runs.push({ id: info.run_id, artifacts, ledger: new Ledger() })
  }

  #log(run: WrittenRun): Promise<void> {
    const chance = this.#random.next()
    if (chance < 0.35) return this.#logMetric(run)
    if (chance < 0.55) return this.#logBatch(run)
    if (chance < 0.65) return this.#logParam(run)
    if (chance < 0.75) return this.#setTag(run)
    if (chance < 0.85) return this.registrar.work(run)
    if (chance < 0.93) return this.tracer.send()
    return this.#putArtifact(run)
  }

  async #logMetric({ id, ledger }: WrittenRun) {
    const metric = this.#metric()
    const acknowledge = ledger.add([metricFact(metric)])
    if (await this.#post('log-metric', { run_id: id, ...metric })) acknowledge()
  }

  async #logBatch({ id, ledger }: WrittenRun) {
    const metrics = Array.from({ length: this.#random.size(400) }, () => this.#metric())
    const params = Array.from({ length: this.#random.int(0, 4) }, () => this.#param())
    const tag = { key: 'last batch', value: String(this.#step) }
    const added = ledger.add([...metrics.map(metricFact), ...params.map(paramFact)])
    const set = ledger.set(`tag ${tag.key}`, tag.value)
    if (!(await this.#post('log-batch', { run_id: id, metrics, params, tags: [tag] }))) return
    added()
    set()
  }

  async #logParam({ id, ledger }: WrittenRun) {
    const param = this.#param()
    const acknowledge = ledger.add([paramFact(param)])
    if (await this.#post('log-parameter', { run_id: id, ...param })) acknowledge()
  }

  async #setTag({ id, ledger }: WrittenRun) {
    const tag = { key: `t${this.#random.int(0, 5)}`, value: `${this.#step++} 한글` }
    const acknowledge = ledger.set(`tag ${tag.key}`, tag.value)
    if (await this.#post('set-tag', { run_id: id, ...tag })) acknowledge()
  }

  async #putArtifact({ artifacts, ledger }: WrittenRun) {
    const path = `${this.#random.pick(['model', 'plots', 'a/b'])}/${this.#random.int(0, 6)}.bin`
    const bytes = randomFillSync(Buffer.alloc(this.#random.size(MAX_ARTIFACT_BYTES)))
    const acknowledge = ledger.set(`file ${path}`, fingerprint(bytes))
    const to = `/api/2.0/mlflow-artifacts/artifacts${artifacts}/${path}`
    const headers = { 'content-type': 'application/octet-stream' }
    if (await this.#client.ask('PUT', to, { body: bytes, headers })) acknowledge()
  }

  #metric = () => ({
    key: this.#random.pick(KEYS),
    value: this.#random.next() * 1e6,
    timestamp: 1_700_000_000_000 + this.#step,
    step: this.#step++,
  })

  #param = () => ({ key: `p${this.#step++}`, value: String(this.#random.next()) })

  #post = (operation: string, body: object) =>
    this.#client.ask('POST', `/api/2.0/mlflow/runs/${operation}`, { body })
}

interface Metric {
  key: string
  value: number
  timestamp: number
  step?: number
}
export const metricFact = ({ key, value, timestamp, step = 0 }: Metric) =>
  `metric ${key} ${value} at ${timestamp}, step ${step}`
export const paramFact = ({ key, value }: { key: string; value: string }) => `parameter ${key} ${value}`
