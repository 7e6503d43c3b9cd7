import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import type { Announce } from '@cairn/platform/events/announcer'
import { limitIds } from '@cairn/platform/events/coalesce'
import { sql } from 'kysely'
import type { TrackingSchema } from './schema.js'
import type { TraceRow } from './traces/schema.js'

type ChangedTrace = Pick<TraceRow, 'trace_id' | 'experiment_id'>

/** Announces committed changes of traces once for each experiment, because a busy application ends thousands a second. */
export class TraceChanges {
  readonly #db: Db<TrackingSchema>
  readonly #announce: Announce

  constructor(db: Db<TrackingSchema>, announce: Announce) {
    this.#db = db
    this.#announce = announce
  }

  announce(rows: readonly ChangedTrace[]): void {
    for (const [experiment, changed] of groupBy(rows, ({ experiment_id }) => String(experiment_id))) {
      const ids = limitIds(changed.map(({ trace_id }) => trace_id))
      this.#announce({ type: 'traces', experiment_id: experiment, ...ids })
    }
  }

  /** Looks up the experiments of the traces, without traces that do not exist. */
  async announceIds(ids: readonly string[]): Promise<void> {
    const { rows } = await sql<ChangedTrace>`select traces.trace_id, experiment_id
      from ${idRows(this.#db.dialect, ids)} as wanted cross join traces where traces.trace_id = wanted.id`.execute(
      this.#db.read,
    )
    this.announce(rows)
  }

  /** Announces a deletion. */
  announceAll(experimentId: number): void {
    this.#announce({ type: 'traces', experiment_id: String(experimentId) })
  }
}
