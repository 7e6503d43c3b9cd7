import type { Id } from '@cairn/flavors/id'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { invalid } from '@cairn/platform/errors'
import type { ColumnVector } from '@cairn/platform/tables/column-vector'
import type { OpenedTable } from '@cairn/platform/tables/governed-table'
import { type ColumnTable, readColumns } from '@cairn/platform/tables/read'

const DAY_MS = 86_400_000

export interface ColumnNames {
  readonly required: readonly string[]
  /** Read if the table has them. */
  readonly optional?: readonly string[]
}

/** Columns of a table in the forms that training needs. Errors name the table, the column and what to do. */
export class TrainingColumns {
  readonly rows: number
  readonly version: number
  readonly #name: string
  readonly #dates: ReadonlySet<string>
  readonly #columns: ReadonlyMap<string, ColumnVector>

  private constructor(name: string, info: OpenedTable['info'], table: ColumnTable) {
    this.#name = name
    const dates = (info.columns ?? []).filter(({ type_name }) => type_name === 'DATE')
    this.#dates = new Set(dates.map((column) => column.name))
    this.#columns = table.columns
    this.rows = table.rows
    this.version = table.version
  }

  /** @throws INVALID_PARAMETER_VALUE when a required column is missing */
  static async read(
    blobs: Blobs,
    name: string,
    { info, key }: OpenedTable,
    { required, optional = [] }: ColumnNames,
  ): Promise<TrainingColumns> {
    const existing = (info.columns ?? []).map((column) => column.name)
    const missing = required.find((column) => !existing.includes(column))
    if (missing !== undefined)
      throw invalid(
        `Table '${name}' has no column '${missing}', only ${existing.join(', ')}. Training needs ${required.join(', ')}.`,
      )
    const columns = [...required, ...optional.filter((column) => existing.includes(column))]
    return new TrainingColumns(name, info, await readColumns(blobs, key, { columns }))
  }

  has(column: string): boolean {
    return this.#columns.has(column)
  }

  /** @throws INVALID_PARAMETER_VALUE for nulls, and for numbers that are not exact integers */
  ids(column: string): ArrayLike<Id> {
    const values = this.#withoutNulls(column)
    const numbers = toNumbers(values)
    if (!numbers) return values as readonly string[]
    const row = numbers.findIndex((id) => !Number.isSafeInteger(id))
    if (row >= 0)
      throw invalid(
        `Table '${this.#name}': ${column} ${values[row]} is not an integer below 2^53. Use text for such ids.`,
      )
    return numbers
  }

  /** @throws INVALID_PARAMETER_VALUE for nulls, text, and numbers that are not finite */
  finiteNumbers(column: string): Float64Array {
    const numbers = toNumbers(this.#withoutNulls(column))
    if (!numbers)
      throw invalid(
        `Table '${this.#name}': ${column} is text, but must be a number${column.endsWith('_at') ? ' or a timestamp' : ''}.`,
      )
    const row = numbers.findIndex((value) => !Number.isFinite(value))
    if (row >= 0) throw invalid(`Table '${this.#name}': ${column} ${numbers[row]} is not a finite number.`)
    return numbers
  }

  /** Milliseconds, of dates and timestamps since 1970. @throws INVALID_PARAMETER_VALUE like `finiteNumbers` */
  times(column: string): Float64Array {
    const times = this.finiteNumbers(column)
    return this.#dates.has(column) ? times.map((day) => day * DAY_MS) : times
  }

  /** NaN for nulls, and for text that is empty or not a number. */
  number(column: string, row: number): number {
    const { values, nulls } = this.#column(column)
    const value = nulls?.[row] ? null : values[row]
    const isEmpty = typeof value === 'string' && value.trim() === ''
    return isEmpty ? Number.NaN : Number(value ?? Number.NaN)
  }

  /** Empty for nulls. */
  text(column: string, row: number): string {
    const { values, nulls } = this.#column(column)
    return nulls?.[row] ? '' : String(values[row] ?? '')
  }

  #column(column: string): ColumnVector {
    return this.#columns.get(column)!
  }

  #withoutNulls(column: string): ColumnVector['values'] {
    const { values, nulls } = this.#column(column)
    let count = 0
    for (let row = 0; row < values.length; row++) if (nulls?.[row] || values[row] === null) count++
    if (count > 0)
      throw invalid(
        `Table '${this.#name}': ${column} is null in ${count} of ${values.length} rows. Remove these rows, or set the value.`,
      )
    return values
  }
}

/** Returns undefined for text. */
const toNumbers = (values: ColumnVector['values']): Float64Array | undefined =>
  Array.isArray(values) ? undefined : Float64Array.from(values as ArrayLike<number | bigint>, Number)
