import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { hasCode } from './dialect.js'

/** Statements kept on each connection; a text beyond them is parsed and planned every time. */
const MAX_STATEMENTS = 500

/** Another server has changed a table. The code is also of what is not supported, which fails again and is thrown. */
export const OUTDATED_PLAN = '0A000'

/** What Kysely's driver calls; it has further signatures that it does not use with parameters. */
type Query = (text: unknown, values?: readonly unknown[]) => Promise<unknown>

/**
 * A pool whose connections parse and plan a statement once. For writes, whose texts are few and always the same: what
 * a search asks depends too much on its values for one plan.
 */
export class PreparingPool implements PostgresPool {
  readonly #pool: pg.Pool
  readonly #names = new Map<string, string>()
  readonly #clients = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  #generation = 0

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.#pool.connect()
    const known = this.#clients.get(client)
    if (known) return known
    const query: Query = (text, values) => {
      const name = typeof text === 'string' && values?.length ? this.#nameOf(text) : undefined
      const send = client.query.bind(client) as unknown as Query
      return name ? send({ name, text, values }) : send(text, values)
    }
    const preparing = { query, release: () => client.release() } as PostgresPoolClient
    this.#clients.set(client, preparing)
    return preparing
  }

  /** Passes on what `work` throws. Outdated plans are not asked for again: new names from then on. */
  async guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (hasCode(error, OUTDATED_PLAN)) {
        this.#generation++
        this.#names.clear()
      }
      throw error
    }
  }

  async end() {
    // the pool belongs to the engine
  }

  #nameOf(text: string): string | undefined {
    const known = this.#names.get(text)
    if (known || this.#names.size >= MAX_STATEMENTS) return known
    const name = `cairn_${this.#generation}_${this.#names.size}`
    this.#names.set(text, name)
    return name
  }
}
