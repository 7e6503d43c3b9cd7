import type { PipelinesSchema } from '../schema.js'
import type { Tx } from './run-rows.js'

export interface IterationStats {
  readonly total: number
  /** Queued, running, or waiting for a retry. */
  readonly active: number
  readonly succeeded: number
  /** Ended by early stopping. */
  readonly pruned: number
  /** Ended otherwise. */
  readonly failed: number
}

const NONE: IterationStats = { total: 0, active: 0, succeeded: 0, pruned: 0, failed: 0 }

/** Counts the iterations of a loop from the index. */
export async function iterationStats(db: Tx, loopId: number): Promise<IterationStats> {
  return (await statsOfLoops(db, [loopId])).get(loopId) ?? NONE
}

/** Loops without iterations are absent. */
export async function statsOfLoops(
  db: Tx,
  loopIds: readonly number[],
): Promise<ReadonlyMap<number, IterationStats>> {
  if (loopIds.length === 0) return new Map()
  const groups = await db
    .selectFrom('task_runs')
    .select((eb) => ['parent_id', 'state', 'result', eb.fn.countAll<number>().as('count')])
    .where('parent_id', 'in', loopIds)
    .groupBy(['parent_id', 'state', 'result'])
    .execute()
  const stats = new Map<number, IterationStats>()
  for (const { parent_id, ...group } of groups)
    stats.set(parent_id!, addGroup(stats.get(parent_id!) ?? NONE, group))
  return stats
}

type Group = Pick<PipelinesSchema['task_runs'], 'state' | 'result'> & { readonly count: number }

function addGroup(stats: IterationStats, { state, result, count }: Group): IterationStats {
  const total = stats.total + count
  if (state === 'BLOCKED') return { ...stats, total }
  if (state !== 'TERMINATED') return { ...stats, total, active: stats.active + count }
  if (result === 'SUCCESS') return { ...stats, total, succeeded: stats.succeeded + count }
  if (result === 'PRUNED') return { ...stats, total, pruned: stats.pruned + count }
  return { ...stats, total, failed: stats.failed + count }
}
