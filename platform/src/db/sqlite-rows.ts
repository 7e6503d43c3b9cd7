import type { Database, Statement } from 'better-sqlite3'
import { type RawBuilder, sql } from 'kysely'
import type { Columns } from './dialect.js'

/** Rows that are bound as one parameter, which the table function `given_<columns>` reads. */
class RegisteredRows {
  readonly rows: readonly object[]
  readonly names: readonly string[]

  constructor(rows: readonly object[], names: readonly string[]) {
    this.rows = rows
    this.names = names
  }
}

const MAX_COLUMNS = 32

/** Returns a row source of any length with a constant statement text. It is three times as fast as `json_each`. */
export function rowSource(rows: readonly object[], columns: Columns): RawBuilder<unknown> {
  const names = Object.keys(columns)
  if (names.length > MAX_COLUMNS) throw new RangeError(`rows() takes at most ${MAX_COLUMNS} columns`)
  const picks = names.map((name, i) => {
    const column = sql.ref(`c${i}`)
    const isWhole = columns[name] === 'bigint' || columns[name] === 'integer'
    return sql`${isWhole ? sql`cast(${column} as integer)` : column} as ${sql.ref(name)}` // numbers are bound as doubles
  })
  const source = sql.table(`given_${names.length}`)
  return sql`(select ${sql.join(picks)} from ${source}(${new RegisteredRows(rows, names)}))`
}

/** The part of a statement that Kysely's driver uses. */
type Runnable = Pick<Statement, 'reader' | 'all' | 'run' | 'iterate'>

/** Registers the table functions. @returns a wrapper that lets statements accept `rowSource` parameters */
export function registerRowSources(handle: Database): (statement: Statement) => Runnable {
  const registered = new Map<number, RegisteredRows>()
  for (let count = 1; count <= MAX_COLUMNS; count++)
    handle.table(`given_${count}`, {
      columns: Array.from({ length: count }, (_, i) => `c${i}`),
      parameters: ['ticket'],
      *rows(ticket: unknown) {
        const { rows, names } = registered.get(ticket as number)!
        for (const row of rows) yield names.map((name) => storable((row as Record<string, unknown>)[name]))
      },
    })

  // A statement runs synchronously to its end; its rows are registered only for that time.
  const lending = <T>(parameters: readonly unknown[], run: (bound: readonly unknown[]) => T): T => {
    if (!parameters.some((one) => one instanceof RegisteredRows)) return run(parameters)
    const bound = parameters.map((one) => {
      if (!(one instanceof RegisteredRows)) return one
      registered.set(registered.size, one)
      return registered.size - 1
    })
    try {
      return run(bound)
    } finally {
      registered.clear()
    }
  }
  return (statement) => ({
    reader: statement.reader,
    all: (parameters: readonly unknown[]) => lending(parameters, (bound) => statement.all(bound)),
    run: (parameters: readonly unknown[]) => lending(parameters, (bound) => statement.run(bound)),
    iterate: (parameters: readonly unknown[]) => statement.iterate(parameters),
  })
}

type Storable = string | number | bigint | Buffer | null

function storable(value: unknown): Storable {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
      return value
    case 'boolean':
      return Number(value)
    case 'undefined':
      return null
    default:
      return value === null || Buffer.isBuffer(value) ? value : JSON.stringify(value)
  }
}
