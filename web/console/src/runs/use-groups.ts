import type { RunGroupRef } from '@cairn/platform/protocol/mlflow/run-projection'
import { type Query, useQueries } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { groupRuns, searchRuns } from '../api/runs.js'
import { pollWhileOffline } from '../app/query-client.js'
import { type ColumnKeys, NO_KEYS, toProjection } from './column-keys.js'
import type { Column } from './columns.js'
import { GroupItems, type Level, type Path, pathId } from './group-items.js'
import { orderBy } from './order.js'
import type { RunsState } from './use-runs-state.js'

const FIRST_RUNS = 50
const MAX_METRICS = 50
/** Grouping reads all runs of the filter, so polling is slow. Live updates are as slow (`Refresher`). */
const POLL_MS = 15_000

interface GroupsOptions {
  readonly state: RunsState
  readonly columns: readonly Column[]
  readonly keys: ColumnKeys | undefined
}

/** The groups of the runs, and what is in those that are expanded, as rows of the grid. */
export function useGroups({ state, columns, keys }: GroupsOptions) {
  const { t } = useTranslation()
  const { groupBy } = state
  const [expanded, setExpanded] = useState<ReadonlyMap<string, Path>>(new Map())
  const [shown, setShown] = useState<ReadonlyMap<string, number>>(new Map())
  const metrics = useMemo(
    () =>
      columns
        .filter(({ kind }) => kind === 'metrics')
        .map(({ key }) => key)
        .slice(0, MAX_METRICS),
    [columns],
  )
  const root: Path = []
  const open = [
    root,
    ...[...expanded.values()].filter((path) => path.every((one, i) => isBy(one, groupBy[i]))),
  ]
  const levels = useQueries({
    queries: open.map((path) => levelQuery(path, { state, metrics, keys, count: shown.get(pathId(path)) })),
    combine: (results) => new Map(open.map((path, i) => [pathId(path), results[i]!] as const)),
  })
  const more = (path: Path, count: number) => setShown((now) => new Map(now).set(pathId(path), count))
  const paths = new Map<string, Path>()
  const items = new GroupItems({ groupBy, order: state.order, levels, expanded, paths, more, t }).list(root)
  const toggle = (id: string) =>
    setExpanded((now) => {
      const next = new Map(now)
      const path = paths.get(id)
      if (!next.delete(id) && path) next.set(id, path)
      return next
    })
  return { items, toggle, level: levels.get(pathId(root))! }
}

const isBy = (one: RunGroupRef, by: { kind: string; key: string } | undefined) =>
  by !== undefined && one.kind === by.kind && one.key === by.key

interface LevelOptions extends Omit<GroupsOptions, 'columns'> {
  readonly metrics: string[]
  /** Runs to read; absent for the first ones. */
  readonly count: number | undefined
}

function levelQuery(path: Path, { state, metrics, keys, count = FIRST_RUNS }: LevelOptions) {
  const { experimentId, filter, deleted, groupBy, order } = state
  const selection = {
    experiment_ids: [experimentId],
    run_view_type: deleted ? ('DELETED_ONLY' as const) : ('ACTIVE_ONLY' as const),
    ...(filter && { filter }),
    within: [...path],
  }
  const by = groupBy[path.length]
  const projection = toProjection(keys ?? NO_KEYS)
  const order_by = order ? [orderBy(order)] : []
  return {
    queryKey: queryKeys.runGroups(experimentId, {
      ...selection,
      by,
      ...(by ? { metrics } : { order_by, projection, count }),
    }),
    queryFn: ({ signal }: { signal: AbortSignal }): Promise<Level> =>
      by
        ? groupRuns({ ...selection, by, metrics }, signal)
        : searchRuns({ ...selection, order_by, max_results: count, projection }, signal),
    enabled: keys !== undefined,
    staleTime: POLL_MS,
    placeholderData: (before: Level | undefined) => before,
    refetchInterval: (query: Query<Level>) => pollWhileOffline(query, () => POLL_MS),
  }
}
