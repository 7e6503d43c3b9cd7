import type { Kysely } from 'kysely'
import type { Columns, Dialect } from './dialect.js'
import { noteFullDisk } from './full-disk.js'

export type Transaction<Schema> = Kysely<Schema>

export interface SnapshotTable {
  readonly name: string
  readonly columns: Columns
}

/** A consistent copy of all tables in order of creation, so that a table follows those that it references. */
export interface Snapshot {
  readonly tables: readonly SnapshotTable[]
  /** Yields all rows of a table, at most 500 at a time. Bigints are returned as text, which is exact. */
  rows(table: SnapshotTable): AsyncIterable<readonly Readonly<Record<string, unknown>>[]>
}

/** Implemented by `sqlite.ts` and `postgres.ts`. */
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
  /** Runs `work` under the migration lock. */
  exclusive<T>(work: () => Promise<T>): Promise<T>
  /** Runs `work` on one consistent state of the whole database, independent of concurrent writes. */
  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * One API for SQLite and PostgreSQL (ADR 3). `read` never sees uncommitted writes. `transaction` resolves after its commit is
 * durable; on SQLite concurrent writes share one commit.
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
   * Reads with related statements that have few distinct texts: PostgreSQL plans each text once, and statements that `work`
   * issues without awaiting are pipelined. `work` may await only SQL on `read`.
   */
  reading<T>(work: (read: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.#engine.reading(work)
  }

  get engine(): Engine {
    return this.#engine
  }

  /** The same database with the tables of another service. */
  for<Other>(): Db<Other> {
    return new Db<Other>(this.#engine)
  }

  /**
   * Runs `work` as one transaction. It may await only SQL on `tx`. It may share a commit with others, but its failure rolls
   * back only its own statements.
   *
   * @throws the errors of `work`; TEMPORARILY_UNAVAILABLE or INSUFFICIENT_STORAGE when the commit fails.
   */
  async transaction<T>(work: (tx: Transaction<Schema>) => Promise<T>): Promise<T> {
    try {
      return await this.#engine.transaction(work)
    } catch (error) {
      noteFullDisk(this.#engine, error)
      throw error
    }
  }

  close(): Promise<void> {
    return this.#engine.close()
  }
}
