import type { Kysely } from 'kysely'
import type { Columns, Dialect } from './dialect.js'

export type Transaction<Schema> = Kysely<Schema>

export interface TableInfo {
  readonly name: string
  readonly columns: Columns
}

/** All tables, in the order in which they were made: what a table refers to comes before it. */
export interface Snapshot {
  readonly tables: readonly TableInfo[]
  /** All rows of a table, at most 500 at a time; bigints as text, which holds all of them exactly. */
  rows(table: TableInfo): AsyncIterable<readonly Readonly<Record<string, unknown>>[]>
}

/** What an engine supplies; see `sqlite.ts` and `postgres.ts`. */
export interface Engine {
  readonly dialect: Dialect
  // biome-ignore lint/suspicious/noExplicitAny: one engine serves every service's schema
  readonly read: Kysely<any>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  reading<T>(work: (read: Kysely<any>) => Promise<T>): Promise<T>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  transaction<T>(work: (tx: Kysely<any>) => Promise<T>): Promise<T>
  /** Runs a script of several statements as one transaction. */
  script(text: string): Promise<void>
  /** Holds the migration lock while `work` runs. */
  exclusive<T>(work: () => Promise<T>): Promise<T>
  /** `work` reads one state of the whole database, however long it takes and whatever is written meanwhile. */
  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * One code path to SQLite and PostgreSQL (ADR 3). `read` never sees an unfinished write; `transaction` resolves only after its
 * commit is durable, and writes that arrive together share one commit where the engine has a single writer.
 */
export class Db<Schema> {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  get dialect(): Dialect {
    return this.#engine.dialect
  }

  get read(): Kysely<Schema> {
    return this.#engine.read
  }

  /**
   * Statements that belong together, of texts that are few and always the same: PostgreSQL plans each once, and is asked in
   * one go what `work` asks without awaiting between. It awaits nothing but SQL on `read`.
   */
  reading<T>(work: (read: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.#engine.reading(work)
  }

  get engine(): Engine {
    return this.#engine
  }

  /** The same database seen through another service's tables. */
  for<Other>(): Db<Other> {
    return new Db<Other>(this.#engine)
  }

  /**
   * `work` awaits nothing but SQL on `tx`. It runs alone or in a group, and its own failure rolls back only itself.
   *
   * @throws whatever `work` throws; TEMPORARILY_UNAVAILABLE or INSUFFICIENT_STORAGE when the commit could not be made.
   */
  transaction<T>(work: (tx: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.#engine.transaction(work)
  }

  close(): Promise<void> {
    return this.#engine.close()
  }
}
