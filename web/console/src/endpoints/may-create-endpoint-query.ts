import { queryOptions } from '@tanstack/react-query'
import { mayCreateEndpoint } from '../api/endpoints.js'
import { queryKeys } from '../api/query-keys.js'

/** Asks the server, because only it knows the groups of the caller. */
export const mayCreateEndpointQuery = queryOptions({
  queryKey: queryKeys.mayCreateEndpoint(),
  queryFn: ({ signal }) => mayCreateEndpoint(signal),
  retry: false,
})
