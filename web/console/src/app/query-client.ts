import { QueryClient } from '@tanstack/react-query'
import { RequestError } from '../api/http.js'
import { isStreamConnected } from '../live/connection.js'

const MAX_RETRIES = 2

/** Data stays fresh for five seconds; only transient errors are retried. */
export const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < MAX_RETRIES && isTransient(error),
      },
    },
  })

const isTransient = (error: Error) =>
  error instanceof RequestError && (error.status === 0 || error.status === 429 || error.status >= 502)

interface QueryLike<T> {
  readonly state: { readonly data: T | undefined; readonly error: Error | null }
}

/** A `refetchInterval` that stops after errors that a retry cannot fix. React Query does not poll in hidden tabs. */
export const pollInterval = <T>(
  { state }: QueryLike<T>,
  intervalMs: (data: T | undefined) => number | false,
) => (state.error && !isTransient(state.error) ? false : intervalMs(state.data))

/** A `refetchInterval` that polls only while the event stream is disconnected. */
export const pollWhileOffline = <T>(
  query: QueryLike<T>,
  intervalMs: (data: T | undefined) => number | false,
) => (isStreamConnected() ? false : pollInterval(query, intervalMs))
