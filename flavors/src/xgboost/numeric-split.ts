import type { Column, Signature } from '../mlmodel/signature.js'
import { MAX_ROWS, type ScoringInput } from '../scoring-protocol/scoring-input.js'
import type { XgboostModel } from './model.js'

/** The position of a feature in the rows of a request, and the smallest and largest value that its type takes unchanged. */
interface Source {
  readonly at: number
  readonly isInteger: boolean
  readonly limit: number
}

interface Layout {
  readonly columns: readonly unknown[]
  readonly sources: readonly Source[]
}

const INTEGER_LIMITS: Readonly<Record<string, number>> = {
  integer: 2 ** 31 - 1,
  long: Number.MAX_SAFE_INTEGER,
}
const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127

/**
 * Reads a `dataframe_split` of numbers straight into the matrix of feature values, for the requests that most clients send.
 * It neither casts nor throws: a request with other values returns undefined, and the general path reads or rejects it.
 */
export class NumericSplit {
  readonly #features: readonly string[] | undefined
  readonly #types: ReadonlyMap<string, string> | undefined
  readonly #width: number
  /** Clients send the same columns again. */
  #layout: Layout | undefined

  constructor({ features, featureNames, booster }: XgboostModel, { inputs = [] }: Signature = {}) {
    const hasCategories = booster.kind !== 'gblinear' && booster.categoryNames?.some(Boolean)
    this.#width = features
    this.#types = typesOf(inputs)
    const names = featureNames.length > 0 ? featureNames : inputs.map(({ name }) => name!)
    const isPlain = this.#types !== undefined && !hasCategories && names.length === features
    this.#features = isPlain ? names : undefined
  }

  /** Returns rows × features; missing cells are NaN. */
  read({
    dataframe_split: split,
    dataframe_records,
    instances,
    inputs,
  }: ScoringInput): Float32Array | undefined {
    if (!split || !this.#features) return undefined
    if (dataframe_records !== undefined || instances !== undefined || inputs !== undefined) return undefined
    const { columns, data } = split
    if (Object.keys(split).length !== 2 || !Array.isArray(columns) || !Array.isArray(data)) return undefined
    const layout = this.#layoutOf(columns)
    if (!layout || data.length > MAX_ROWS) return undefined
    const values = new Float32Array(data.length * this.#width)
    for (let row = 0; row < data.length; row++)
      if (!readRow(data[row], layout, values, row * this.#width)) return undefined
    return values
  }

  #layoutOf(columns: readonly unknown[]): Layout | undefined {
    const present = this.#layout
    if (
      present?.columns.length === columns.length &&
      columns.every((name, at) => name === present.columns[at])
    )
      return present
    if (!columns.every((name) => typeof name === 'string') || new Set(columns).size < columns.length)
      return undefined
    const sources = this.#features!.map((name) => this.#sourceOf(name, columns.indexOf(name)))
    if (sources.some(({ at }) => at < 0)) return undefined
    if ([...this.#types!.keys()].some((name) => !columns.includes(name))) return undefined
    this.#layout = { columns, sources }
    return this.#layout
  }

  #sourceOf(name: string, at: number): Source {
    const type = this.#types!.size === 0 ? 'double' : this.#types!.get(name)
    if (type === undefined) return { at: -1, isInteger: false, limit: 0 }
    const integer = INTEGER_LIMITS[type]
    return { at, isInteger: integer !== undefined, limit: integer ?? LARGEST_FLOAT32 }
  }
}

/** Empty without a signature; undefined unless all columns are named numbers. */
function typesOf(inputs: readonly Column[]): ReadonlyMap<string, string> | undefined {
  const types = new Map<string, string>()
  for (const { name, type, required } of inputs) {
    const isNumber = type === 'double' || type === 'float' || Object.hasOwn(INTEGER_LIMITS, type)
    if (name === undefined || !isNumber || required === false) return undefined
    types.set(name, type)
  }
  return types.size === inputs.length ? types : undefined
}

/** @returns whether all cells are plain: numbers that their types hold unchanged, or missing floats */
function readRow(row: unknown, { columns, sources }: Layout, values: Float32Array, start: number): boolean {
  if (!Array.isArray(row) || row.length !== columns.length) return false
  for (let feature = 0; feature < sources.length; feature++) {
    const { at, isInteger, limit } = sources[feature]!
    const cell: unknown = row[at]
    if (typeof cell === 'number') {
      // An infinite cell exceeds the limit, too.
      if (cell > limit || cell < -limit || (isInteger && !Number.isInteger(cell))) return false
      values[start + feature] = cell
    } else if (cell === null && !isInteger) values[start + feature] = Number.NaN
    else return false
  }
  return true
}
