import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { queryKeys } from '../api/query-keys.js'
import { batchGetRuns } from '../api/runs.js'
import { type ColumnKeys, NO_KEYS, toProjection } from './column-keys.js'
import type { RunRow } from './row.js'
import { rowOfRun } from './use-runs.js'

const MAX_PINS = 50

export interface PinnedRows {
  /** In the order in which they were pinned. */
  readonly pinned: readonly RunRow[]
  /** The loaded rows without the pinned ones. */
  readonly others: readonly RunRow[]
  /** Both. */
  readonly all: readonly RunRow[]
}

/** Runs that stay above the others, also when their page is not loaded. */
export function usePinnedRows(
  pins: readonly string[],
  rows: readonly RunRow[],
  keys: ColumnKeys | undefined,
): PinnedRows {
  const ids = pins.slice(0, MAX_PINS)
  const projection = toProjection(keys ?? NO_KEYS)
  const { data } = useQuery({
    queryKey: queryKeys.comparedRuns(ids, projection),
    queryFn: ({ signal }) => batchGetRuns(ids, projection, signal),
    enabled: ids.length > 0 && keys !== undefined,
    placeholderData: keepPreviousData,
  })
  return useMemo(() => {
    const wanted = new Set(pins)
    const pinned = (data ?? []).filter(({ info }) => wanted.has(info.run_id)).map(rowOfRun)
    const known = new Set(pinned.map(({ info }) => info.run_id))
    const others = known.size > 0 ? rows.filter(({ info }) => !known.has(info.run_id)) : rows
    return { pinned, others, all: known.size > 0 ? [...pinned, ...others] : rows }
  }, [data, pins, rows])
}
