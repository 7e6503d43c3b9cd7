import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { queryKeys } from '../api/query-keys.js'
import { listRunKeys, type RunKeys } from '../api/runs.js'
import { candidateKeys, chunkOf, columnsToRead, keysOfColumns, missingKeys } from './column-keys.js'
import { availableColumns, type Column, column } from './columns.js'
import { defaultColumns } from './default-columns.js'
import type { LoadedPage } from './run-pages.js'
import { rowOfRun } from './use-runs.js'
import type { RunsState } from './use-runs-state.js'

const KEYS_STALE_MS = 60_000
const NONE: RunKeys = { metrics: [], params: [], tags: [] }
const NO_COLUMNS: readonly Column[] = []

/** The default columns of an experiment with these keys. */
interface Defaults {
  readonly of: string
  readonly known: RunKeys
  readonly columns: readonly Column[]
}

/** The keys of all runs of an experiment; undefined until they have loaded, and none after a failure. */
export function useRunKeys(experimentId: string): RunKeys | undefined {
  const keys = useQuery({
    queryKey: queryKeys.runKeys(experimentId),
    queryFn: ({ signal }) => listRunKeys(experimentId, signal),
    staleTime: KEYS_STALE_MS,
  })
  return keys.data ?? (keys.isError ? NONE : undefined)
}

/**
 * The shown columns, and the keys to read for them. Default columns depend on the values of the first page, which `settle` passes: until
 * then the keys among which they are chosen are read.
 */
export function useColumns(state: RunsState, known: RunKeys | undefined) {
  const { experimentId, differing, fixed } = state
  const groupBy = useMemo(
    () => state.groupBy.flatMap(({ kind, key }) => (kind === 'datasets' ? [] : [column(kind, key)])),
    [state.groupBy],
  )
  const [chunk, setChunk] = useState(0)
  const [defaults, setDefaults] = useState<Defaults>()
  const own = defaults?.of === experimentId ? defaults : undefined
  const settled = state.columns ?? (own?.known === known ? own?.columns : undefined)
  const keys = useMemo(
    () =>
      known &&
      (settled
        ? keysOfColumns([...columnsToRead(settled, { differing, fixed, chunk }), ...groupBy], known)
        : candidateKeys(known)),
    [known, settled, groupBy, chunk, differing, fixed],
  )
  const settle = (page: LoadedPage | undefined) => {
    if (settled || !known || !keys || !page?.runs || missingKeys(page.keys, keys)) return
    const rows = page.runs.filter(({ info }) => info.experiment_id === experimentId).map(rowOfRun)
    if (rows.length > 0)
      setDefaults({ of: experimentId, known, columns: defaultColumns(availableColumns(rows), rows) })
  }
  /** @param first index of the first column in view */
  const onColumn = (first: number) => setChunk(chunkOf(first))
  return { columns: settled ?? own?.columns ?? NO_COLUMNS, keys, settle, onColumn }
}
