import type { AuditRow, AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'

export interface AuditFilter {
  readonly securable?: string
  readonly principal?: string
  readonly allowed?: boolean
  /** Milliseconds since the epoch, inclusive. */
  readonly since?: number
}

/** The last event of a page: newest first, ties within a millisecond ordered by id. */
export type AuditPosition = readonly [time: number, id: string]

export class AuditStore {
  readonly #db: Db<AuthSchema>

  constructor(db: Db<AuthSchema>) {
    this.#db = db
  }

  /** Newest first. */
  list(filter: AuditFilter, before: AuditPosition | undefined, limit: number): Promise<AuditRow[]> {
    const { securable, principal, allowed, since } = filter
    return this.#db.read
      .selectFrom('audit')
      .selectAll()
      .$if(securable !== undefined, (query) =>
        query.where((eb) =>
          eb.or([
            eb('securable', '=', securable!),
            sql<boolean>`securable like ${`${escapeLike(securable!)}.%`} escape '!'`,
          ]),
        ),
      )
      .$if(principal !== undefined, (query) => query.where('principal', '=', principal!))
      .$if(allowed !== undefined, (query) => query.where('allowed', '=', Number(allowed) as 0 | 1))
      .$if(since !== undefined, (query) => query.where('time', '>=', since!))
      .$if(before !== undefined, (query) =>
        query.where((eb) =>
          eb.or([
            eb('time', '<', before![0]),
            eb.and([eb('time', '=', before![0]), eb('id', '<', before![1])]),
          ]),
        ),
      )
      .orderBy('time', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute()
  }
}

const escapeLike = (text: string) => text.replace(/[!%_]/g, '!$&')
