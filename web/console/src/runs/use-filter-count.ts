import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { queryKeys } from '../api/query-keys.js'
import { countRuns } from '../api/runs.js'

const WAIT_MS = 300

/** The number of runs that a filter would leave, once typing pauses. @param filter undefined while it cannot be counted */
export function useFilterCount(experimentId: string, filter: string | undefined, deleted: boolean) {
  const [settled, setSettled] = useState(filter)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(filter), WAIT_MS)
    return () => clearTimeout(timer)
  }, [filter])
  const { data } = useQuery({
    queryKey: queryKeys.filterCount(experimentId, settled, deleted),
    queryFn: ({ signal }) => {
      const run_view_type = deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY'
      return countRuns({ experiment_ids: [experimentId], filter: settled ?? '', run_view_type }, signal)
    },
    enabled: settled !== undefined,
    retry: false,
  })
  return settled === filter && filter !== undefined ? data : undefined
}
