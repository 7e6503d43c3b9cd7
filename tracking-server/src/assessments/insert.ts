import type { Transaction } from '@cairn/platform/db/db'
import { ApiError, missing } from '@cairn/platform/errors'
import type { Clock } from '../clock.js'
import type { TrackingSchema } from '../schema.js'
import type { NewAssessment } from './wire.js'

export const noSuchAssessment = (id: string, traceId: string) =>
  missing(`Assessment with ID '${id}' not found for trace '${traceId}'`)

/**
 * Adds assessments to a trace, idempotently. An assessment that overrides another makes the latter invalid.
 *
 * @throws RESOURCE_DOES_NOT_EXIST for the overridden one, RESOURCE_ALREADY_EXISTS for an id of another trace
 */
export async function insertAssessments(
  tx: Transaction<TrackingSchema>,
  trace_id: string,
  assessments: readonly NewAssessment[],
  clock: Clock,
): Promise<void> {
  for (const assessment of assessments) {
    const { overrides } = assessment
    if (overrides && !(await setValid(tx, trace_id, overrides, 0)))
      throw noSuchAssessment(overrides, trace_id)
    await putAssessment(tx, trace_id, assessment, clock)
  }
}

/** Inserts an assessment, or replaces the one with its id. @throws RESOURCE_ALREADY_EXISTS like `insertAssessments` */
export async function putAssessment(
  tx: Transaction<TrackingSchema>,
  trace_id: string,
  { assessment_id, ...columns }: NewAssessment,
  clock: Clock,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('assessments')
    .values({ ...columns, assessment_id, trace_id, position: clock.positions(1) })
    .onConflict((conflict) =>
      conflict.column('assessment_id').doUpdateSet(columns).where('assessments.trace_id', '=', trace_id),
    )
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows === 0n)
    throw new ApiError(
      'RESOURCE_ALREADY_EXISTS',
      `Assessment with ID '${assessment_id}' already exists for another trace.`,
    )
}

/** @returns whether the assessment exists */
export async function setValid(
  tx: Transaction<TrackingSchema>,
  traceId: string,
  id: string,
  valid: 0 | 1,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('assessments')
    .set({ valid })
    .where('trace_id', '=', traceId)
    .where('assessment_id', '=', id)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}
