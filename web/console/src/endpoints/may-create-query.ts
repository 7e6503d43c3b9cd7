import { queryOptions } from '@tanstack/react-query'
import { mayCreate } from '../api/endpoints.js'
import { queryKeys } from '../api/query-keys.js'

/** Decided by the server, which knows groups. */
export const mayCreateQuery = queryOptions({
  queryKey: queryKeys.mayCreateEndpoint(),
  queryFn: ({ signal }) => mayCreate(signal),
  retry: false,
})
