import type { Db, Transaction } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import { pipelined } from '@cairn/platform/db/pipelined'
import { sql } from 'kysely'
import type { Clock } from '../../clock.js'
import { type ChangedEntry, type Entry, RUN_NAME } from '../../entries/entry.js'
import { putWords } from '../../run-names/words.js'
import type { TrackingSchema } from '../../schema.js'
import { withProbability } from '../../with-probability.js'
import type { RunKey } from '../find.js'
import { indexPending, unindexedFlag } from '../value-index.js'

const ENTRY: Columns = { key: 'text', value: 'text', position: 'bigint' }

/** The average number of entries that are indexed together. A search scans fewer pending ones in less than a millisecond. */
const INDEX_BATCH = 400

/** Parameters and tags of runs. They are indexed by value immediately or, on SQLite, in batches, which is cheaper (ADR 22). */
export class RunEntries {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock

  constructor(db: Db<TrackingSchema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** Adds parameters. @returns those that exist with another value, which the caller rejects */
  async insertParams(
    tx: Transaction<TrackingSchema>,
    { run_id, experiment_id }: RunKey,
    params: readonly Entry[],
  ): Promise<ChangedEntry[]> {
    const source = this.#db.dialect.rows(this.#positioned(params), ENTRY)
    const { numAffectedRows } =
      await sql`insert into params (run_id, key, experiment_id, value, position, fresh)
      select ${run_id}, key, cast(${experiment_id} as bigint), value, position, ${unindexedFlag(this.#db.dialect)}
      from ${source} as entry where true
      on conflict (run_id, key) do nothing`.execute(tx)
    await this.#indexSometimes(tx, params.length)
    if (Number(numAffectedRows) === params.length) return []
    const { rows } =
      await sql<ChangedEntry>`select params.key, params.value as old_value, entry.value as new_value
      from ${source} as entry cross join params
      where params.run_id = ${run_id} and params.key = entry.key and params.value <> entry.value
      order by entry.position`.execute(tx)
    return rows
  }

  /** Sets tags. Of equal keys the last one counts. A non-empty `mlflow.runName` also renames the run. */
  async putTags(tx: Transaction<TrackingSchema>, run: RunKey, tags: readonly Entry[]): Promise<void> {
    const name = tags.findLast(({ key }) => key === RUN_NAME)?.value
    const kept = name === '' ? tags.filter(({ key }) => key !== RUN_NAME) : tags
    await pipelined(
      this.putTagRows(tx, run, kept),
      ...(name
        ? [
            tx.updateTable('runs').set({ run_name: name }).where('run_id', '=', run.run_id).execute(),
            putWords(tx, this.#db, run, { name, isNew: false }),
          ]
        : []),
    )
  }

  /** Like `putTags`, without renaming the run. */
  async putTagRows(
    tx: Transaction<TrackingSchema>,
    { run_id, experiment_id }: RunKey,
    tags: readonly Entry[],
  ): Promise<void> {
    const last = new Map(tags.map((tag) => [tag.key, tag]))
    if (last.size === 0) return
    const source = this.#db.dialect.rows(this.#positioned([...last.values()]), ENTRY)
    await sql`insert into tags (run_id, key, experiment_id, value, position, fresh)
      select ${run_id}, key, cast(${experiment_id} as bigint), value, position, ${unindexedFlag(this.#db.dialect)}
      from ${source} as entry where true
      on conflict (run_id, key) do update set value = excluded.value`.execute(tx)
    await this.#indexSometimes(tx, last.size)
  }

  /** Indexes all pending entries with a probability that grows with the number of entries written. */
  async #indexSometimes(tx: Transaction<TrackingSchema>, written: number) {
    if (this.#db.dialect.indexesLater && withProbability(written / INDEX_BATCH)) await indexPending(tx)
  }

  /** Returns sorted entries, so that concurrent writers lock rows in the same order. */
  #positioned(entries: readonly Entry[]) {
    return this.#clock.positioned(entries).sort((a, b) => (a.key < b.key ? -1 : 1))
  }
}
