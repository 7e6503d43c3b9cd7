import type { Db, Transaction } from '@cairn/platform/db/db'
import { invalid, missing } from '@cairn/platform/errors'
import type { Assessment } from '@cairn/platform/protocol/mlflow/assessments'
import type { Clock } from '../clock.js'
import { lockTrace } from '../lock-trace.js'
import type { TrackingSchema } from '../schema.js'
import type { TraceChanges } from '../trace-changes.js'
import { insertAssessments, noSuchAssessment, setValid } from './insert.js'
import type { AssessmentRow } from './schema.js'
import { metadataColumns, parseAssessment, parseContent, toAssessment } from './wire.js'

export class AssessmentStore {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock
  readonly #changes: TraceChanges

  constructor(db: Db<TrackingSchema>, clock: Clock, changes: TraceChanges) {
    this.#db = db
    this.#clock = clock
    this.#changes = changes
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for the trace and for the overridden assessment; INVALID_PARAMETER_VALUE */
  async create(traceId: string, assessment: Assessment): Promise<Assessment> {
    const created = parseAssessment(assessment, this.#clock.now())
    await this.#db.transaction(async (tx) => {
      if (!(await lockTrace(tx, traceId))) throw noSuchTrace(traceId)
      await insertAssessments(tx, traceId, [created], this.#clock)
    })
    await this.#changes.announceIds([traceId])
    return this.get(traceId, created.assessment_id)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST naming the trace or the assessment */
  async get(traceId: string, id: string): Promise<Assessment> {
    return toAssessment(await find(this.#db.read, traceId, id))
  }

  /**
   * Changes the fields in `mask`; metadata is merged with the existing metadata.
   *
   * @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE if the kind of the assessment would change
   */
  async update(
    traceId: string,
    id: string,
    change: Partial<Assessment>,
    mask: readonly string[],
  ): Promise<Assessment> {
    const has = (field: string) => mask.includes(field)
    if (has('expectation') && has('feedback'))
      throw invalid('Cannot specify both `expectation` and `feedback` parameters.')
    await this.#db.transaction(async (tx) => {
      await this.#db.dialect.lock(`assessment ${id}`)?.execute(tx) // concurrent changes of metadata would otherwise be lost
      const row = await find(tx, traceId, id)
      await tx
        .updateTable('assessments')
        .set({
          ...(has('assessment_name') && { name: change.assessment_name ?? '' }),
          ...changedContent(row, change, has),
          ...(has('rationale') && { rationale: change.rationale || null }),
          ...(has('metadata') && metadataColumns({ ...metadataOf(row), ...change.metadata })),
          ...(has('valid') && { valid: change.valid === false ? 0 : 1 }),
          last_updated_timestamp: this.#clock.now(),
        })
        .where('assessment_id', '=', id)
        .execute()
    })
    await this.#changes.announceIds([traceId])
    return this.get(traceId, id)
  }

  /** Deletes an assessment, and makes the one that it overrides valid again. Idempotent. */
  async delete(traceId: string, id: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const row = await lookUp(tx, traceId, id)
      if (!row) return
      if (row.overrides) await setValid(tx, traceId, row.overrides, 1)
      await tx.deleteFrom('assessments').where('assessment_id', '=', id).execute()
    })
    await this.#changes.announceIds([traceId])
  }
}

const metadataOf = ({ metadata }: AssessmentRow) => JSON.parse(metadata ?? '{}') as Record<string, string>

function changedContent(row: AssessmentRow, change: Partial<Assessment>, has: (field: string) => boolean) {
  if (has('expectation') && row.kind !== 'expectation')
    throw invalid('Cannot update expectation value on a Feedback assessment.')
  if (has('feedback') && row.kind !== 'feedback')
    throw invalid('Cannot update feedback value on an Expectation assessment.')
  const { feedback = {}, expectation = {} } = change
  if (has('expectation')) return parseContent({ expectation })
  return has('feedback') ? parseContent({ feedback }) : {}
}

const lookUp = (db: Transaction<TrackingSchema>, traceId: string, id: string) =>
  db
    .selectFrom('assessments')
    .selectAll()
    .where('trace_id', '=', traceId)
    .where('assessment_id', '=', id)
    .executeTakeFirst()

async function find(db: Transaction<TrackingSchema>, traceId: string, id: string): Promise<AssessmentRow> {
  const row = await lookUp(db, traceId, id)
  if (row) return row
  await checkTraceExists(db, traceId)
  throw noSuchAssessment(id, traceId)
}

async function checkTraceExists(db: Transaction<TrackingSchema>, traceId: string): Promise<void> {
  const trace = await db
    .selectFrom('traces')
    .select('trace_id')
    .where('trace_id', '=', traceId)
    .executeTakeFirst()
  if (!trace) throw noSuchTrace(traceId)
}

const noSuchTrace = (id: string) => missing(`Trace with request_id '${id}' not found`)
