import { QueryClient } from '@tanstack/react-query'
import { RequestError } from '../api/http.js'
import { isHeard } from '../live/heard.js'

const RETRIES = 2

/** What was read stays fresh for a moment; only what may pass by itself is asked again. */
export const createQueries = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < RETRIES && mayPass(error),
      },
    },
  })

const mayPass = (error: Error) =>
  error instanceof RequestError && (error.status === 0 || error.status === 429 || error.status >= 502)

interface Asked<T> {
  readonly state: { readonly data: T | undefined; readonly error: Error | null }
}

/**
 * How often to ask again: as often as `intervalMs` says for what was read, and not at all after an answer that asking
 * again does not change. A hidden tab asks nothing.
 */
export const askAgain = <T>({ state }: Asked<T>, intervalMs: (data: T | undefined) => number | false) =>
  state.error && !mayPass(state.error) ? false : intervalMs(state.data)

/** The same for what changes are heard of: not at all while they are. */
export const askUnheard = <T>(asked: Asked<T>, intervalMs: (data: T | undefined) => number | false) =>
  isHeard() ? false : askAgain(asked, intervalMs)
