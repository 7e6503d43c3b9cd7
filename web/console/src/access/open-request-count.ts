import { queryOptions } from '@tanstack/react-query'
import { listAccessRequests } from '../api/access.js'
import { queryKeys } from '../api/query-keys.js'

const POLL_MS = 60_000
const MAX_COUNTED = 100

/** The number of open requests that the caller may decide, up to 100. */
export const openRequestCountQuery = queryOptions({
  queryKey: queryKeys.accessRequests('to_decide', 'count'),
  queryFn: async ({ signal }) => {
    const filter = { box: 'to_decide', state: 'open', max_results: MAX_COUNTED } as const
    return (await listAccessRequests(filter, signal)).requests.length
  },
  refetchInterval: POLL_MS,
  retry: false,
})
