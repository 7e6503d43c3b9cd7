import { queryOptions } from '@tanstack/react-query'
import { mayCreateEndpoint } from '../api/endpoints.js'
import { queryKeys } from '../api/query-keys.js'

/** Decided by the server, which knows groups. */
export const mayCreateEndpointQuery = queryOptions({
  queryKey: queryKeys.mayCreateEndpoint(),
  queryFn: ({ signal }) => mayCreateEndpoint(signal),
  retry: false,
})
