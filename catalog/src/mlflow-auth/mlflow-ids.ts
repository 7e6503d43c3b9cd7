import type { AuthSchema } from '@cairn/platform/auth/schema'
import { claimName } from '@cairn/platform/db/claim-name'
import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'

const ATTEMPTS = 5
const BATCH = 500

/** Assigns the numbers by which MLflow's clients know users, roles and role permissions, when they are first needed. */
export class MlflowIds {
  readonly #db: Db<AuthSchema>

  constructor(db: Db<AuthSchema>) {
    this.#db = db
  }

  async of(key: string): Promise<number> {
    return (await this.ofAll([key]))(key)
  }

  async ofAll(keys: readonly string[]): Promise<(key: string) => number> {
    const wanted = [...new Set(keys)]
    const known = await this.#read(wanted)
    const unknown = wanted.filter((key) => !known.has(key))
    if (unknown.length > 0) for (const [key, id] of await this.#assign(unknown)) known.set(key, id)
    return (key) => known.get(key)!
  }

  async keyOf(id: number): Promise<string | undefined> {
    const row = await this.#db.read
      .selectFrom('mlflow_ids')
      .select('key')
      .where('id', '=', id)
      .executeTakeFirst()
    return row?.key
  }

  async #read(keys: readonly string[]): Promise<Map<string, number>> {
    const known = new Map<string, number>()
    for (let start = 0; start < keys.length; start += BATCH) {
      const rows = await this.#db.read
        .selectFrom('mlflow_ids')
        .selectAll()
        .where('key', 'in', keys.slice(start, start + BATCH))
        .execute()
      for (const { key, id } of rows) known.set(key, Number(id))
    }
    return known
  }

  /** Assigns numbers. If another process assigns at the same time, reads its numbers. */
  async #assign(keys: readonly string[]): Promise<Map<string, number>> {
    const taken = (cause: unknown) =>
      new ApiError('TEMPORARILY_UNAVAILABLE', 'Too many users are listed at this moment. Try again.', {
        cause,
      })
    for (let attempt = 1; ; attempt++) {
      const known = await this.#read(keys)
      const unknown = keys.filter((key) => !known.has(key))
      try {
        await claimName(this.#db, taken, async (tx) => {
          const { last } = await tx
            .selectFrom('mlflow_ids')
            .select((eb) => eb.fn.max<number | null>('id').as('last'))
            .executeTakeFirstOrThrow()
          const rows = unknown.map((key, at) => ({ id: Number(last ?? 0) + 1 + at, key }))
          for (let start = 0; start < rows.length; start += BATCH)
            await tx
              .insertInto('mlflow_ids')
              .values(rows.slice(start, start + BATCH))
              .execute()
          for (const { id, key } of rows) known.set(key, id)
        })
        return known
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof ApiError)) throw error
      }
    }
  }
}
