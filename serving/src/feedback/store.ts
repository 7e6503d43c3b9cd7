import { inBatches } from '@cairn/platform/collections/in-batches'
import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'
import type { FeedbackRow, ServingSchema } from '../schema.js'
import type { OutcomeRow } from './outcomes.js'

/** Rows of an INSERT, whose number of parameters the databases limit. */
const BATCH = 500
const PAGE = 10_000

/** The outcomes of answers, as they were reported. */
export class FeedbackStore {
  readonly #db: Db<ServingSchema>

  constructor(db: Db<ServingSchema>) {
    this.#db = db
  }

  /** Replaces earlier outcomes of the same answers and names. */
  async put(endpoint_id: string, sender: string, outcomes: readonly OutcomeRow[]): Promise<void> {
    const latest = new Map(outcomes.map((row) => [keyOf(row).join('\n'), { ...row, endpoint_id, sender }]))
    await this.#db.transaction((tx) =>
      inBatches(
        [...latest.values()],
        (rows) =>
          tx
            .insertInto('endpoint_feedback')
            .values([...rows])
            .onConflict((on) =>
              on.columns(['endpoint_id', 'request_id', 'client_request_id', 'name']).doUpdateSet((eb) => ({
                outcome: eb.ref('excluded.outcome'),
                timestamp: eb.ref('excluded.timestamp'),
                sender: eb.ref('excluded.sender'),
              })),
            )
            .execute(),
        BATCH,
      ),
    )
  }

  /** All outcomes of an endpoint, a page at a time. */
  async *pages(endpointId: string, size = PAGE): AsyncIterable<readonly FeedbackRow[]> {
    let after: readonly string[] | undefined
    for (;;) {
      const page: FeedbackRow[] = await this.#db.read
        .selectFrom('endpoint_feedback')
        .selectAll()
        .where('endpoint_id', '=', endpointId)
        .$if(after !== undefined, (query) =>
          query.where(sql<boolean>`(request_id, client_request_id, name) > (${sql.join([...after!])})`),
        )
        .orderBy('request_id')
        .orderBy('client_request_id')
        .orderBy('name')
        .limit(size)
        .execute()
      yield page
      if (page.length < size) return
      after = keyOf(page.at(-1)!)
    }
  }
}

const keyOf = ({ request_id, client_request_id, name }: OutcomeRow) => [request_id, client_request_id, name]
