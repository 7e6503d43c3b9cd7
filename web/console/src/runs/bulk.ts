import type { QueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.js'

const AT_ONCE = 6

/**
 * Applies a change to runs, a few at a time, and continues after failures.
 *
 * @throws the first failure, once all have been tried
 */
export async function forEachRun(
  ids: readonly string[],
  work: (id: string) => Promise<unknown>,
): Promise<void> {
  const waiting = [...ids]
  const failures: unknown[] = []
  const take = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift())
      await work(id).catch((error: unknown) => failures.push(error))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, take))
  if (failures.length > 0) throw failures[0]
}

/** Refetches tables, groups and counts of runs. */
export const invalidateRuns = (queries: QueryClient) =>
  Promise.all(
    [queryKeys.runs(), queryKeys.runGroups(), queryKeys.runCount()].map((queryKey) =>
      queries.invalidateQueries({ queryKey }),
    ),
  )
