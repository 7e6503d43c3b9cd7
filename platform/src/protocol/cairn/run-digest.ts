import { createHash } from 'node:crypto'
import type { DatasetInput, ModelInput, ModelOutput } from '../mlflow/runs.js'
import type { RunDigest } from './imports.js'

type Cell = string | number | undefined

const MODULUS = 1n << 128n

/** Counts rows and adds their hashes, so that the order does not matter and no rows are kept. */
export class RowDigest {
  #count = 0
  #sum = 0n

  add(...row: readonly Cell[]): void {
    this.#count++
    const hash = createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 32)
    this.#sum = (this.#sum + BigInt(`0x${hash}`)) % MODULUS
  }

  result(): { count: number; digest: string } {
    return { count: this.#count, digest: this.#sum.toString(16).padStart(32, '0') }
  }
}

interface Info {
  readonly run_name?: string
  readonly user_id?: string
  readonly status: string
  readonly start_time: number
  readonly end_time?: number
  readonly lifecycle_stage?: string
}
interface Entry {
  readonly key: string
  readonly value?: string
}
export interface DigestedPoint {
  readonly key: string
  readonly value: number | string
  readonly timestamp: number
  readonly step?: number
}

/** Digests the content of a run part by part, on the server and on clients. */
export class RunDigester {
  readonly #info: string
  readonly #params = new RowDigest()
  readonly #tags = new RowDigest()
  readonly #metrics = new RowDigest()
  readonly #inputs = new RowDigest()

  constructor({ run_name = '', user_id = '', status, start_time, end_time, lifecycle_stage }: Info) {
    const row = new RowDigest()
    row.add(run_name, user_id, status, start_time, end_time, lifecycle_stage ?? 'active')
    this.#info = row.result().digest
  }

  params(entries: readonly Entry[] = []): this {
    for (const { key, value = '' } of entries) this.#params.add(key, value)
    return this
  }

  tags(entries: readonly Entry[] = []): this {
    for (const { key, value = '' } of entries) this.#tags.add(key, value)
    return this
  }

  metrics(points: readonly DigestedPoint[] = []): this {
    for (const { key, value, timestamp, step = 0 } of points)
      this.#metrics.add(key, canonicalNumber(value), timestamp, step)
    return this
  }

  inputs(
    datasets: readonly DatasetInput[] = [],
    models: readonly ModelInput[] = [],
    outputs: readonly ModelOutput[] = [],
  ): this {
    for (const { dataset, tags = [] } of datasets) {
      const { name, digest, source_type, source, schema, profile } = dataset
      const pairs = tags.map(({ key, value }) => JSON.stringify([key, value])).sort()
      this.#inputs.add('data', name, digest, source_type, source, schema, profile, ...pairs)
    }
    for (const { model_id } of models) this.#inputs.add('model', model_id)
    for (const { model_id, step } of outputs) this.#inputs.add('output', model_id, step)
    return this
  }

  result(run_id: string): RunDigest {
    return {
      run_id,
      info: this.#info,
      params: this.#params.result(),
      tags: this.#tags.result(),
      metrics: this.#metrics.result(),
      inputs: this.#inputs.result(),
    }
  }
}

/** Converts values as the store does: infinities to the largest doubles, and -0 to 0. */
export function canonicalNumber(value: number | string): string {
  const number = Number(value)
  if (Number.isNaN(number)) return 'NaN'
  return String(Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, number)) + 0)
}
