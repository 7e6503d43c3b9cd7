import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { hasCode } from './dialect.js'
import { StatementNames } from './statement-names.js'

/** The code of a plan that is outdated because a table was altered, and of unsupported features, which fail on retry too. */
export const OUTDATED_PLAN = '0A000'

// biome-ignore lint/suspicious/noExplicitAny: one engine serves every service's schema
type Work<T> = (session: Kysely<any>) => Promise<T>

/**
 * Runs related statements with few distinct texts on one connection, which parses and plans each text once. Searches do not
 * use it, because their plans depend on their values. Statements are pipelined: one does not wait for the result of the
 * previous one unless `work` does.
 */
export class Sessions {
  readonly #pool: pg.Pool
  readonly #names = new StatementNames()

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** Reads on one connection. @throws what `work` throws */
  async reading<T>(work: Work<T>): Promise<T> {
    const client = await this.#pool.connect()
    try {
      return await this.#during(new Session(client, this.#names), work)
    } finally {
      client.release(client.connection.stream.destroyed)
    }
  }

  /** Runs a transaction. Resolves after the response to `commit`. @throws what `work` throws, after the rollback */
  async transaction<T>(work: Work<T>): Promise<T> {
    const client = await this.#pool.connect()
    const session = new Session(client, this.#names)
    const started = session.query('begin') // sent together with the first statement
    started.catch(() => client.end()) // if it fails, no statement may run outside of a transaction
    try {
      const result = await this.#during(session, work)
      await started
      const { command } = await client.query('commit')
      if (command !== 'COMMIT') throw new Error('A statement failed, but the transaction continued.')
      client.release()
      return result
    } catch (error) {
      await client.query('rollback').then(
        () => client.release(),
        () => client.release(true),
      )
      throw await started.then(
        () => error,
        (cause) => cause,
      )
    }
  }

  async #during<T>(session: Session, work: Work<T>): Promise<T> {
    try {
      return await work(session.kysely)
    } catch (error) {
      if (hasCode(error, OUTDATED_PLAN)) this.#names.renew()
      throw error
    } finally {
      session.close()
    }
  }
}

/** Presents one connection to Kysely as a pool. */
class Session implements PostgresPool {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly kysely = new Kysely<any>({ dialect: new PostgresDialect({ pool: this }) })
  readonly #client: pg.PoolClient
  readonly #names: StatementNames
  readonly #poolClient = {
    query: this.query.bind(this),
    release: () => undefined,
  } as unknown as PostgresPoolClient
  #isOpen = true
  #isGathering = false

  constructor(client: pg.PoolClient, names: StatementNames) {
    this.#client = client
    this.#names = names
  }

  query(text: string, values?: readonly unknown[]) {
    this.#gather()
    const name = values?.length ? this.#names.of(text) : undefined
    return name
      ? this.#client.query({ name, text, values: [...values!] })
      : this.#client.query(text, [...(values ?? [])])
  }

  /** Sends statements that are issued in the same turn in one packet. */
  #gather() {
    if (this.#isGathering) return
    const { stream } = this.#client.connection
    this.#isGathering = true
    stream.cork()
    process.nextTick(() => {
      this.#isGathering = false
      stream.uncork()
    })
  }

  async connect(): Promise<PostgresPoolClient> {
    if (!this.#isOpen) throw new Error('A statement came after the end of its transaction.')
    return this.#poolClient
  }

  close() {
    this.#isOpen = false
  }

  async end() {
    // the connection belongs to the pool
  }
}
