import { randomUUID } from 'node:crypto'
import type { Db } from '@cairn/platform/db/db'
import type { GateVerdict, Promotion } from '@cairn/platform/protocol/cairn/promotions'
import type { AliasStore } from '../aliases/store.js'
import { withModelLock } from '../namespace/lock.js'
import type { PromotionRow, RegistrySchema } from '../schema.js'

export interface PromotionDecision {
  readonly verdict: PromotionRow['verdict']
  readonly reason: string | undefined
  readonly by: string
  readonly at: number
}

/** The history of promotions, including those that the gate refused. */
export class PromotionStore {
  readonly #db: Db<RegistrySchema>
  readonly #aliases: AliasStore

  constructor(db: Db<RegistrySchema>, aliases: AliasStore) {
    this.#db = db
    this.#aliases = aliases
  }

  /** Records a decision and, unless the verdict is `failed`, moves the alias, atomically. @throws as `AliasStore.moveIfCurrent` */
  async create(gate: GateVerdict, { verdict, reason, by, at }: PromotionDecision): Promise<Promotion> {
    const row: PromotionRow = {
      id: randomUUID(),
      name: gate.name,
      version: Number(gate.version),
      alias: gate.alias,
      verdict,
      checks: JSON.stringify(gate.checks),
      champion_version: gate.champion_version === undefined ? null : Number(gate.champion_version),
      reason: reason ?? null,
      decided_by: by,
      decided_at: at,
    }
    await withModelLock(this.#db, row.name, async (tx) => {
      if (verdict !== 'failed') await this.#aliases.moveIfCurrent(tx, row, row.champion_version ?? undefined)
      await tx.insertInto('promotions').values(row).execute()
    })
    return promotionOnWire(row)
  }

  /** Newest first. */
  async list(name: string): Promise<Promotion[]> {
    const rows = await this.#db.read
      .selectFrom('promotions')
      .selectAll()
      .where('name', '=', name)
      .orderBy('decided_at', 'desc')
      .orderBy('id')
      .limit(1000)
      .execute()
    return rows.map(promotionOnWire)
  }
}

const promotionOnWire = (row: PromotionRow): Promotion => ({
  id: row.id,
  name: row.name,
  version: String(row.version),
  alias: row.alias,
  verdict: row.verdict,
  checks: JSON.parse(row.checks),
  ...(row.champion_version !== null && { champion_version: String(row.champion_version) }),
  ...(row.reason !== null && { reason: row.reason }),
  decided_by: row.decided_by,
  decided_at: row.decided_at,
})
