import {
  copyDoubles,
  MAX_VARINT_BYTES,
  readIntegers,
  readVarint,
  writeDoubles,
  writeIntegers,
  writeVarint,
} from './column-codec.js'
import type { PointSummary } from './point-summary.js'

/** Bytes of a summary: two integers and three doubles. */
const MAX_BYTES = 2 * MAX_VARINT_BYTES + 3 * 8

/** Packs summaries to base64 text, column after column, like points. `PackedMetricBuckets` in the protocol describes the bytes. */
export function packSummaries(summaries: readonly PointSummary[]): string {
  const bytes = Buffer.allocUnsafe(MAX_VARINT_BYTES + 2 + summaries.length * MAX_BYTES)
  let at = writeVarint(bytes, 0, summaries.length)
  for (const name of ['latestTimestamp', 'lastStep'] as const)
    at = writeIntegers(bytes, at, columnOf(summaries, name))
  for (const name of ['latestValue', 'min', 'max'] as const)
    at = writeDoubles(bytes, at, columnOf(summaries, name))
  return bytes.toString('base64', 0, at)
}

type AddSummary = (min: number, max: number, lastStep: number, timestamp: number, value: number) => void

/** Reads packed summaries one after the other, into columns that it reuses: charts read ten thousand chunks. */
export class SummaryReader {
  readonly #add: AddSummary
  #integers = new Float64Array(0)
  #doubles = new Float64Array(0)
  #doubleBytes = Buffer.alloc(0)

  constructor(add: AddSummary) {
    this.#add = add
  }

  read(packed: string) {
    const cursor = { bytes: Buffer.from(packed, 'base64'), at: 0 }
    const count = readVarint(cursor)
    this.#reserve(count)
    const [integers, doubles] = [this.#integers, this.#doubles]
    readIntegers(cursor, integers, 0, count)
    readIntegers(cursor, integers, count, count)
    copyDoubles(cursor, this.#doubleBytes, 3 * count)
    for (let i = 0; i < count; i++)
      this.#add(doubles[count + i]!, doubles[2 * count + i]!, integers[count + i]!, integers[i]!, doubles[i]!)
  }

  #reserve(count: number) {
    if (this.#integers.length >= 2 * count) return
    this.#integers = new Float64Array(2 * count)
    this.#doubles = new Float64Array(3 * count)
    this.#doubleBytes = Buffer.from(this.#doubles.buffer)
  }
}

type Name = 'latestTimestamp' | 'lastStep' | 'latestValue' | 'min' | 'max'

const columnOf = (summaries: readonly PointSummary[], name: Name) =>
  Float64Array.from(summaries, (summary) => summary[name])
