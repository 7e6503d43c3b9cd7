import type { Db } from '@cairn/platform/db/db'
import type { RetentionRule } from '@cairn/platform/db/retention'
import { missing } from '@cairn/platform/errors'
import type { PipelinesSchema, SqlStatementRow } from '../schema.js'

const KEPT_MS = 3_600_000
const DAY_MS = 24 * 3_600_000
const KEPT_PER_PRINCIPAL = 20
/** After it, a server that reported nothing is dead. */
const SILENCE_MS = 30_000

export type EndedStatement = Pick<SqlStatementRow, 'state' | 'error' | 'result'>

const LOST: EndedStatement = {
  state: 'FAILED',
  error: JSON.stringify({
    error_code: 'TEMPORARILY_UNAVAILABLE',
    message: 'The server that ran the statement has ended. Run it again.',
  }),
  result: null,
}

/** Statements are kept for an hour, so that any server that shares the database returns their results. */
export class StatementStore {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number

  constructor(db: Db<PipelinesSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** Also deletes old statements, and those of the principal that exceed its share. */
  async create(statement_id: string, principal_id: string): Promise<void> {
    const now = this.#now()
    await this.#db.transaction(async (tx) => {
      await tx
        .deleteFrom('sql_statements')
        .where('created_at', '<', now - KEPT_MS)
        .execute()
      const surplus = await tx
        .selectFrom('sql_statements')
        .select('statement_id')
        .where('principal_id', '=', principal_id)
        .orderBy('created_at', 'desc')
        .offset(KEPT_PER_PRINCIPAL - 1)
        .limit(1000)
        .execute()
      const ids = surplus.map((row) => row.statement_id)
      if (ids.length > 0)
        await tx
          .deleteFrom('sql_statements')
          .where('statement_id', 'in', ids)
          .where('state', '<>', 'RUNNING')
          .execute()
      await tx
        .insertInto('sql_statements')
        .values({
          ...{ statement_id, principal_id, state: 'RUNNING', created_at: now, seen_at: now },
          ...{ error: null, result: null },
        })
        .execute()
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST, also for a statement of another principal */
  async find(principalId: string, id: string): Promise<EndedStatement> {
    const row = await this.#db.read
      .selectFrom('sql_statements')
      .select(['state', 'error', 'result', 'seen_at'])
      .where('statement_id', '=', id)
      .where('principal_id', '=', principalId)
      .where('created_at', '>=', this.#now() - KEPT_MS)
      .executeTakeFirst()
    if (!row)
      throw missing(`Statement '${id.slice(0, 100)}' does not exist. Statements are kept for an hour.`)
    return row.state === 'RUNNING' && row.seen_at < this.#now() - SILENCE_MS ? LOST : row
  }

  /** Results are data of tables: they are deleted too when nobody runs another statement. */
  retention(): RetentionRule {
    return {
      name: 'SQL statements',
      days: KEPT_MS / DAY_MS,
      purge: async (before, limit) => {
        const deleted = await this.#db.transaction((tx) =>
          tx
            .deleteFrom('sql_statements')
            .where('statement_id', 'in', (eb) =>
              eb
                .selectFrom('sql_statements')
                .select('statement_id')
                .where('created_at', '<', before)
                .limit(limit),
            )
            .executeTakeFirstOrThrow(),
        )
        return Number(deleted.numDeletedRows)
      },
    }
  }

  /** Has no effect on a statement that has ended. */
  async end(id: string, ended: EndedStatement): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .updateTable('sql_statements')
        .set(ended)
        .where('statement_id', '=', id)
        .where('state', '=', 'RUNNING')
        .execute(),
    )
  }

  /** Reports that this server runs them. @returns those that have not ended meanwhile */
  async touch(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#db.transaction((tx) =>
      tx
        .updateTable('sql_statements')
        .set({ seen_at: this.#now() })
        .where('statement_id', 'in', ids)
        .where('state', '=', 'RUNNING')
        .returning('statement_id')
        .execute(),
    )
    return new Set(rows.map(({ statement_id }) => statement_id))
  }
}
