import { invalid } from '@cairn/platform/errors'
import { toNumber } from '../scoring-protocol/casts.js'
import type { Frame } from '../scoring-protocol/model-input.js'
import type { CategoryNames, XgboostModel } from './model.js'

/** Converts table columns to the matrix of feature values. */
export class FeatureTable {
  readonly #names: readonly string[]
  readonly #features: number
  readonly #codes: readonly (ReadonlyMap<unknown, number> | undefined)[]
  readonly #infinities: boolean

  /** `infinities`: whether ±∞, and values that overflow float32, are accepted. */
  constructor({ features, featureNames, booster }: XgboostModel, infinities: boolean) {
    this.#features = features
    this.#names = featureNames
    this.#infinities = infinities
    const categories = booster.kind === 'gblinear' ? undefined : booster.categoryNames
    this.#codes = Array.from({ length: features }, (_, feature) => codesOf(categories?.[feature]))
  }

  /**
   * Returns rows × features; missing cells are NaN. Columns are matched by feature name and others ignored; without names
   * they are taken in order.
   *
   * @throws INVALID_PARAMETER_VALUE naming the column and row
   */
  toMatrix(frame: Frame, hasNames: boolean): Float32Array {
    const columns = this.#names.length > 0 && hasNames ? this.#byName(frame) : this.#inOrder(frame)
    const values = new Float32Array(frame.rows * this.#features)
    for (const [feature, [name, cells]] of columns.entries())
      for (let row = 0; row < frame.rows; row++)
        values[row * this.#features + feature] = this.#parseCell(cells[row], feature, name, row)
    return values
  }

  #byName({ columns }: Frame): [string, readonly unknown[]][] {
    const missing = this.#names.filter((name) => !columns.has(name))
    if (missing.length > 0)
      throw invalid(`Missing columns [${missing.map((name) => `'${name}'`).join(', ')}].`)
    return this.#names.map((name) => [name, columns.get(name)!])
  }

  #inOrder({ columns }: Frame): [string, readonly unknown[]][] {
    if (columns.size !== this.#features)
      throw invalid(`The model takes ${this.#features} columns, got ${columns.size}.`)
    return [...columns]
  }

  #parseCell(cell: unknown, feature: number, name: string, row: number): number {
    if (cell === null || cell === undefined) return Number.NaN
    const codes = this.#codes[feature]
    const value = codes ? codes.get(cell) : toNumber(cell)
    if (value === undefined) {
      const problem = codes ? 'is not a category of the model' : 'is not a number'
      throw invalid(`Column '${name}', row ${row} ${problem}.`)
    }
    if (!this.#infinities && Math.abs(Math.fround(value)) === Number.POSITIVE_INFINITY)
      throw invalid(`Column '${name}', row ${row} is infinite or too large.`)
    return value
  }
}

function codesOf(names: CategoryNames | undefined): ReadonlyMap<unknown, number> | undefined {
  return names && new Map(Array.from<unknown, [unknown, number]>(names.values, (name, code) => [name, code]))
}
