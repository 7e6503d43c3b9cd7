import { randomUUID } from 'node:crypto'
import type { AuditLog } from '@cairn/platform/audit/audit-log'
import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { AuthSchema, GrantRow } from '@cairn/platform/auth/schema'
import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import { PollLoop } from '@cairn/platform/processes/poll-loop'

const EVERY_MS = 60_000
const GRANTS_AT_ONCE = 500

interface GrantExpiryOptions {
  readonly db: Db<AuthSchema>
  readonly authorizer: Authorizer
  /** Undefined on a server without an audit log. */
  readonly audit: Pick<AuditLog, 'commit'> | undefined
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

/** Revokes expired grants once a minute, with an audit event for each object. Only one of several servers revokes a grant. */
export class GrantExpiry {
  readonly #options: GrantExpiryOptions
  readonly #loop: PollLoop

  constructor(options: GrantExpiryOptions) {
    this.#options = options
    this.#loop = new PollLoop({
      turn: () => this.revoke(),
      intervalMs: EVERY_MS,
      maxIntervalMs: EVERY_MS,
      onError: options.onError,
      unref: true,
    })
  }

  start(): void {
    this.#loop.start()
  }

  stop(): Promise<void> {
    return this.#loop.stop()
  }

  /** @returns the number of revoked grants */
  async revoke(): Promise<number> {
    for (let revoked = 0; ; ) {
      const rows = await this.#deleteExpired()
      await this.#record(rows)
      revoked += rows.length
      if (rows.length < GRANTS_AT_ONCE) return revoked
    }
  }

  /** Deletes one by one, so that each grant is returned by one of several servers only. */
  async #deleteExpired(): Promise<GrantRow[]> {
    const { db, now } = this.#options
    const deleted = await db.transaction(async (tx) => {
      const expired = await tx
        .selectFrom('grants')
        .select(['principal_id', 'securable_type', 'securable_id', 'privilege'])
        .where('expires_at', '<=', now())
        .orderBy('expires_at')
        .limit(GRANTS_AT_ONCE)
        .execute()
      const rows: GrantRow[] = []
      for (const { principal_id, securable_type, securable_id, privilege } of expired)
        rows.push(
          ...(await tx
            .deleteFrom('grants')
            .where('principal_id', '=', principal_id)
            .where('securable_type', '=', securable_type)
            .where('securable_id', '=', securable_id)
            .where('privilege', '=', privilege)
            .where('expires_at', '<=', now())
            .returningAll()
            .execute()),
        )
      return rows
    })
    if (deleted.length > 0) noteAccessChange(db)
    return deleted
  }

  async #record(rows: readonly GrantRow[]) {
    const { authorizer, audit, now } = this.#options
    const nameOf = await authorizer.names(rows.map(({ principal_id }) => principal_id))
    for (const own of groupBy(rows, (row) => `${row.securable_type} ${row.securable_id}`).values()) {
      const { securable_type: type, securable_id: id } = own[0]!
      const changes = [...groupBy(own, ({ principal_id }) => principal_id)].map(([holder, held]) => ({
        field: 'privileges',
        principal: nameOf(holder),
        removed: held.map(({ privilege }) => privilege),
      }))
      await audit?.commit({
        ...{ time: now(), requestId: randomUUID(), service: 'unityCatalog', action: 'expireGrants' },
        ...{ caller: undefined, authentication: 'none', address: '', userAgent: '', params: {} },
        ...{ status: 200, outcome: 'success', decisions: [], named: [], changes, subject: { type, id } },
      })
    }
  }
}
