import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { MAX_RUNS } from '../api/batches.js'
import { batchGetRuns } from '../api/runs.js'
import { type ColumnKeys, missingKeys, NO_KEYS, toProjection, union } from './column-keys.js'
import { type Pages, withKeys } from './run-pages.js'

/** Reads the keys of columns that were added after pages had loaded. */
export function useMissingKeys(
  queryKey: QueryKey,
  data: Pages | undefined,
  wanted: ColumnKeys,
  busy: boolean,
) {
  const client = useQueryClient()
  const reading = useRef<AbortController>(undefined)
  useEffect(() => () => reading.current?.abort(), [])
  useEffect(() => {
    if (!data || busy || reading.current) return
    const { ids, missing } = lacking(data, wanted)
    if (!missing) return
    const controller = new AbortController()
    reading.current = controller
    void batchGetRuns(ids, toProjection(missing), controller.signal)
      .then((runs) =>
        client.setQueryData<Pages>(queryKey, (pages) => pages && withKeys(pages, runs, missing)),
      )
      .catch(async () => {
        if (!controller.signal.aborted) await client.invalidateQueries({ queryKey, exact: true })
      })
      .finally(() => {
        reading.current = undefined
      })
  }, [client, queryKey, data, wanted, busy])
}

/** Up to 1,000 runs of pages that lack keys. */
function lacking(data: Pages, wanted: ColumnKeys) {
  const ids: string[] = []
  let missing: ColumnKeys | undefined
  for (const { keys, runs = [] } of data.pages) {
    const own = runs.length > 0 ? missingKeys(keys, wanted) : undefined
    if (!own || ids.length + runs.length > MAX_RUNS) continue
    ids.push(...runs.map(({ info }) => info.run_id))
    missing = union(missing ?? NO_KEYS, own)
  }
  return { ids, missing }
}
