import { invalid } from '@cairn/platform/errors'
import type { Frame } from '../scoring-protocol/model-input.js'
import type { CategoryNames, XgboostModel } from './model.js'

/** SerialQueue columns of cells into the rows that are scored. */
export class FeatureTable {
  readonly #names: readonly string[]
  readonly #features: number
  readonly #codes: readonly (ReadonlyMap<unknown, number> | undefined)[]
  readonly #infinities: boolean

  /** `infinities`: whether ±∞, and what float32 makes of it, are values. */
  constructor({ features, featureNames, booster }: XgboostModel, infinities: boolean) {
    this.#features = features
    this.#names = featureNames
    this.#infinities = infinities
    const categories = booster.kind === 'gblinear' ? undefined : booster.categoryNames
    this.#codes = Array.from({ length: features }, (_, feature) => codesOf(categories?.[feature]))
  }

  /**
   * Rows × features; missing cells are NaN. Columns are found by the names of the features, other columns ignored; where
   * either has no names, they are taken in order.
   *
   * @throws INVALID_PARAMETER_VALUE naming the column and row.
   */
  valuesOf(frame: Frame, hasNames: boolean): Float32Array {
    const columns = this.#names.length > 0 && hasNames ? this.#byName(frame) : this.#inOrder(frame)
    const values = new Float32Array(frame.rows * this.#features)
    for (const [feature, [name, cells]] of columns.entries())
      for (let row = 0; row < frame.rows; row++)
        values[row * this.#features + feature] = this.#valueOf(cells[row], feature, name, row)
    return values
  }

  #byName({ columns }: Frame): [string, readonly unknown[]][] {
    const missing = this.#names.filter((name) => !columns.has(name))
    if (missing.length > 0)
      throw invalid(`The model misses the columns [${missing.map((name) => `'${name}'`).join(', ')}].`)
    return this.#names.map((name) => [name, columns.get(name)!])
  }

  #inOrder({ columns }: Frame): [string, readonly unknown[]][] {
    if (columns.size !== this.#features)
      throw invalid(`The model takes ${this.#features} columns, got ${columns.size}.`)
    return [...columns]
  }

  #valueOf(cell: unknown, feature: number, name: string, row: number): number {
    if (cell === null || cell === undefined) return Number.NaN
    const codes = this.#codes[feature]
    const value = codes ? codes.get(cell) : numberOf(cell)
    if (value === undefined) {
      const wanted = codes ? 'is none of the categories the model knows' : 'is not a number'
      throw invalid(`Column '${name}', row ${row}: ${shown(cell)} ${wanted}.`)
    }
    if (!this.#infinities && Math.abs(Math.fround(value)) === Number.POSITIVE_INFINITY)
      throw invalid(`Column '${name}', row ${row}: ${shown(cell)} is infinite or too large.`)
    return value
  }
}

function codesOf(names: CategoryNames | undefined): ReadonlyMap<unknown, number> | undefined {
  return names && new Map(Array.from<unknown, [unknown, number]>(names.values, (name, code) => [name, code]))
}

/** As MLflow's schema enforcement does, numbers may come as text. */
function numberOf(cell: unknown): number | undefined {
  if (typeof cell === 'number') return cell
  if (typeof cell === 'boolean') return Number(cell)
  if (typeof cell !== 'string' || cell.trim() === '') return undefined
  const number = Number(cell)
  return Number.isNaN(number) ? undefined : number
}

const shown = (cell: unknown) =>
  typeof cell === 'number' ? String(cell) : (JSON.stringify(cell)?.slice(0, 60) ?? typeof cell)
