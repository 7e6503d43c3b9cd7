import type { Db } from '@cairn/platform/db/db'
import type { CalculateFilterCorrelation } from '@cairn/platform/protocol/mlflow/traces'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { inExperiments } from '../../experiments/in-experiments.js'
import type { TrackingSchema } from '../../schema.js'
import { traceConditions } from './conditions.js'
import { parseExperimentIds } from './trace-search.js'

type Counts = Omit<Output<typeof CalculateFilterCorrelation>, 'npmi' | 'npmi_smoothed'>

/** Computes the correlation of two filters over the traces that match the base filter. @throws INVALID_PARAMETER_VALUE */
export async function correlate(
  db: Db<TrackingSchema>,
  input: Input<typeof CalculateFilterCorrelation>,
): Promise<Output<typeof CalculateFilterCorrelation>> {
  const experiments = parseExperimentIds(input.experiment_ids)
  const [base, one, other] = [input.base_filter, input.filter_string1, input.filter_string2].map((filter) =>
    traceConditions(filter, db.dialect, experiments),
  ) as [RawBuilder<SqlBool>[], RawBuilder<SqlBool>[], RawBuilder<SqlBool>[]]
  const count = (conditions: readonly RawBuilder<SqlBool>[]) =>
    conditions.length > 0
      ? sql`coalesce(sum(case when ${sql.join(conditions, sql` and `)} then 1 else 0 end), 0)`
      : sql`count(*)`
  const { rows } = await sql<Counts>`select cast(${count(one)} as integer) as filter1_count,
      cast(${count(other)} as integer) as filter2_count,
      cast(${count([...one, ...other])} as integer) as joint_count, cast(count(*) as integer) as total_count
    from traces where ${sql.join([inExperiments(experiments), ...base], sql` and `)}`.execute(db.read)
  const counts = rows[0]!
  return { ...counts, npmi: npmi(counts, 0), npmi_smoothed: npmi(counts, JEFFREYS_PRIOR) }
}

const JEFFREYS_PRIOR = 0.5

/**
 * Returns the normalized pointwise mutual information from -1 (never together) to 1 (always): Bouma 2009, "Normalized
 * (Pointwise) Mutual Information in Collocation Extraction". The smoothing is added to each cell of the table.
 */
export function npmi(counts: Counts, smoothing: number): number | 'NaN' {
  const { filter1_count: one, filter2_count: other, joint_count: joint, total_count: total } = counts
  if (one === 0 || other === 0) return 'NaN'
  if (joint === 0 && smoothing === 0) return -1
  if (joint === total) return 1
  const [both, all] = [joint + smoothing, total + 4 * smoothing]
  const information = Math.log((both * all) / ((one + 2 * smoothing) * (other + 2 * smoothing)))
  return Math.max(-1, Math.min(1, information / -Math.log(both / all)))
}
