import { invalid } from '@cairn/platform/errors'
import type { Plan } from './plan.js'

/** What the second stage knows of the items beside the scores; columns in the order of the item table. */
export interface Traits {
  /** By name, e.g. `year`; NaN where unknown. */
  readonly numbers: Readonly<Record<string, Float32Array>>
  /** By name, e.g. `genres`: labels with `|` between them; empty where unknown. */
  readonly labels: Readonly<Record<string, readonly string[]>>
}

/** @throws INVALID_PARAMETER_VALUE when a trait of the plan is missing, or has another length than the item table. */
export function checkTraits(traits: Traits, { numbers, gaps, labels }: Plan, items: number): void {
  const check = (name: string, column: ArrayLike<unknown> | undefined) => {
    if (!column) throw invalid(`two-stage: there is no trait '${name}'`)
    if (column.length !== items)
      throw invalid(`two-stage: there are ${column.length} values of '${name}' for ${items} items`)
  }
  for (const name of [...numbers, ...gaps]) check(name, ownOf(traits.numbers, name))
  for (const name of labels) check(name, ownOf(traits.labels, name))
}

const ownOf = <T>(columns: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(columns, name) ? columns[name] : undefined

/** Labels of each item as numbers, and how much of a history has each. */
export class Labels {
  readonly #offsets: Int32Array
  readonly #labels: Int32Array
  readonly #shares: Float64Array

  constructor(column: readonly string[]) {
    const known = new Map<string, number>()
    const all: number[] = []
    this.#offsets = new Int32Array(column.length + 1)
    for (const [row, text] of column.entries()) {
      for (const label of new Set(text.split('|').filter((one) => one !== ''))) {
        if (!known.has(label)) known.set(label, known.size)
        all.push(known.get(label)!)
      }
      this.#offsets[row + 1] = all.length
    }
    this.#labels = Int32Array.from(all)
    this.#shares = new Float64Array(known.size)
  }

  /** What `affinity` goes by from now on: the share of the history that has each label. */
  learn(history: Int32Array): void {
    const shares = this.#shares.fill(0)
    for (const row of history)
      for (let n = this.#offsets[row]!; n < this.#offsets[row + 1]!; n++)
        shares[this.#labels[n]!]! += 1 / history.length
  }

  /** The mean share of the item's labels; NaN where it has none. */
  affinity(row: number): number {
    const [from, to] = [this.#offsets[row]!, this.#offsets[row + 1]!]
    let sum = 0
    for (let n = from; n < to; n++) sum += this.#shares[this.#labels[n]!]!
    return sum / (to - from)
  }
}

/** The mean of what is known of the rows; NaN where nothing is. */
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
