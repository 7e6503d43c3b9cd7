import type { Db, Transaction } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import { pipelined } from '@cairn/platform/db/pipelined'
import { sql } from 'kysely'
import { byChance } from '../by-chance.js'
import type { Clock } from '../clock.js'
import type { TrackingSchema } from '../schema.js'
import type { RunKey } from './active.js'
import { type Changed, type Entry, RUN_NAME } from './entries.js'
import { freshness, settle } from './fresh.js'

const ENTRY: Columns = { key: 'text', value: 'text', position: 'bigint' }

/** So many, on average, enter their index at once; a search looks at fewer one by one in a fraction of a millisecond. */
const ENOUGH = 400

/** Parameters and tags of runs. They enter their index by value at once, or where that costs less, later (ADR 22). */
export class RunEntries {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock

  constructor(db: Db<TrackingSchema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** Adds parameters. @returns those that were there with another value; the caller refuses them */
  async insertParams(
    tx: Transaction<TrackingSchema>,
    { run_id, experiment_id }: RunKey,
    params: readonly Entry[],
  ): Promise<Changed[]> {
    const source = this.#db.dialect.rows(this.#positioned(params), ENTRY)
    const { numAffectedRows } =
      await sql`insert into params (run_id, key, experiment_id, value, position, fresh)
      select ${run_id}, key, cast(${experiment_id} as bigint), value, position, ${freshness(this.#db.dialect)}
      from ${source} as entry where true
      on conflict (run_id, key) do nothing`.execute(tx)
    await this.#settleSome(tx, params.length)
    if (Number(numAffectedRows) === params.length) return []
    const { rows } = await sql<Changed>`select params.key, params.value as old_value, entry.value as new_value
      from ${source} as entry cross join params
      where params.run_id = ${run_id} and params.key = entry.key and params.value <> entry.value
      order by entry.position`.execute(tx)
    return rows
  }

  /** Sets tags; of one key the last wins. The tag of the run's name names the run, unless it is empty. */
  async putTags(tx: Transaction<TrackingSchema>, run: RunKey, tags: readonly Entry[]): Promise<void> {
    const name = tags.findLast(({ key }) => key === RUN_NAME)?.value
    const kept = name === '' ? tags.filter(({ key }) => key !== RUN_NAME) : tags
    await pipelined(
      this.putTagRows(tx, run, kept),
      ...(name
        ? [tx.updateTable('runs').set({ run_name: name }).where('run_id', '=', run.run_id).execute()]
        : []),
    )
  }

  /** As `putTags`, of a run that has its name already. */
  async putTagRows(
    tx: Transaction<TrackingSchema>,
    { run_id, experiment_id }: RunKey,
    tags: readonly Entry[],
  ): Promise<void> {
    const last = new Map(tags.map((tag) => [tag.key, tag]))
    if (last.size === 0) return
    const source = this.#db.dialect.rows(this.#positioned([...last.values()]), ENTRY)
    await sql`insert into tags (run_id, key, experiment_id, value, position, fresh)
      select ${run_id}, key, cast(${experiment_id} as bigint), value, position, ${freshness(this.#db.dialect)}
      from ${source} as entry where true
      on conflict (run_id, key) do update set value = excluded.value`.execute(tx)
    await this.#settleSome(tx, last.size)
  }

  /** Now and then, by chance, a write brings all that are fresh into their index. */
  async #settleSome(tx: Transaction<TrackingSchema>, written: number) {
    if (this.#db.dialect.indexesLater && byChance(written / ENOUGH)) await settle(tx)
  }

  /** Sorted, so that writers lock rows in one order. */
  #positioned(entries: readonly Entry[]) {
    return this.#clock.positioned(entries).sort((a, b) => (a.key < b.key ? -1 : 1))
  }
}
