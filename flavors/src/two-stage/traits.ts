import { invalid } from '@cairn/platform/errors'
import type { Plan } from './plan.js'

/** Item traits of the second stage; columns in the order of the item table. */
export interface Traits {
  /** By name, e.g. `year`; NaN if unknown. */
  readonly numbers: Readonly<Record<string, Float32Array>>
  /** By name, e.g. `genres`: labels separated by `|`; empty if unknown. */
  readonly labels: Readonly<Record<string, readonly string[]>>
}

/** @throws INVALID_PARAMETER_VALUE when a trait of the plan is missing or its length differs from the item table */
export function checkTraits(traits: Traits, { numbers, gaps, labels }: Plan, items: number): void {
  const check = (name: string, column: ArrayLike<unknown> | undefined) => {
    if (!column) throw invalid(`two-stage: missing trait '${name}'`)
    if (column.length !== items)
      throw invalid(`two-stage: trait '${name}' has ${column.length} values for ${items} items`)
  }
  for (const name of [...numbers, ...gaps]) check(name, ownColumn(traits.numbers, name))
  for (const name of labels) check(name, ownColumn(traits.labels, name))
}

const ownColumn = <T>(columns: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(columns, name) ? columns[name] : undefined

/** Encodes item labels as numbers and computes the affinity of items to a history. */
export class Labels {
  readonly #offsets: Int32Array
  readonly #labels: Int32Array
  readonly #shares: Float64Array

  constructor(column: readonly string[]) {
    const known = new Map<string, number>()
    const all: number[] = []
    this.#offsets = new Int32Array(column.length + 1)
    for (const [row, text] of column.entries()) {
      for (const label of new Set(text.split('|').filter((label) => label !== ''))) {
        if (!known.has(label)) known.set(label, known.size)
        all.push(known.get(label)!)
      }
      this.#offsets[row + 1] = all.length
    }
    this.#labels = Int32Array.from(all)
    this.#shares = new Float64Array(known.size)
  }

  /** Sets the history for `affinity`: computes the share of its events that have each label. */
  setHistory(history: Int32Array): void {
    const shares = this.#shares.fill(0)
    for (const row of history)
      for (let n = this.#offsets[row]!; n < this.#offsets[row + 1]!; n++)
        shares[this.#labels[n]!]! += 1 / history.length
  }

  /** Returns the mean share of the item's labels; NaN without labels. */
  affinity(row: number): number {
    const [from, to] = [this.#offsets[row]!, this.#offsets[row + 1]!]
    let sum = 0
    for (let n = from; n < to; n++) sum += this.#shares[this.#labels[n]!]!
    return sum / (to - from)
  }
}

/** Returns the mean of the known values of the rows; NaN if none is known. */
export function meanOfKnown(column: Float32Array, rows: Int32Array): number {
  let sum = 0
  let known = 0
  for (const row of rows) {
    if (Number.isNaN(column[row]!)) continue
    sum += column[row]!
    known++
  }
  return sum / known
}
