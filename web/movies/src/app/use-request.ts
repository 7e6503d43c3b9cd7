import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type Failure, failureOf, retryInSeconds } from '../api/failure.js'
import { useOnline } from './use-online.js'

export interface RequestState<T> {
  /** The last response; kept while a newer request is pending or has failed. */
  readonly data: T | undefined
  readonly failure: Failure | undefined
  readonly isLoading: boolean
  /** Time of the next automatic retry, in milliseconds since the epoch. */
  readonly retryAt: number | undefined
  readonly retry: () => void
}

interface State<T> {
  readonly data?: T | undefined
  readonly failure?: Failure | undefined
  readonly retryAt?: number | undefined
  readonly isLoading: boolean
}

/** Sends a request when `key` changes, debounced by `delayMs`, and retries transient failures. No request if undefined. */
export function useRequest<T>(
  key: string | undefined,
  request: (signal: AbortSignal) => Promise<T>,
  delayMs = 0,
): RequestState<T> {
  const [state, setState] = useState<State<T>>({ isLoading: key !== undefined })
  const [attempt, setAttempt] = useState(0)
  const failures = useRef(0)
  const latestRequest = useRef(request)
  latestRequest.current = request

  useEffect(() => {
    if (key === undefined) {
      setState({ isLoading: false })
      return
    }
    const abort = new AbortController()
    setState(({ data, failure }) => ({ data, failure, isLoading: true }))
    const timer = setTimeout(() => {
      latestRequest.current(abort.signal).then(
        (data) => {
          failures.current = 0
          if (!abort.signal.aborted) setState({ data, isLoading: false })
        },
        (error: unknown) => {
          if (abort.signal.aborted) return
          const failure = failureOf(error, navigator.onLine)
          const seconds = retryInSeconds(failure, failures.current++)
          const retryAt = seconds === undefined ? undefined : Date.now() + seconds * 1000
          setState(({ data }) => ({ data, failure, retryAt, isLoading: false }))
        },
      )
    }, delayMs)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [key, attempt])

  const retry = useCallback(() => setAttempt((previous) => previous + 1), [])
  useRetries(state, retry)
  const { data, failure, isLoading, retryAt } = state
  return { data, failure, isLoading, retryAt, retry }
}

/** Retries at `retryAt` and when the browser goes online again. */
function useRetries({ failure, retryAt }: State<unknown>, retry: () => void) {
  const online = useOnline()
  const hasFailed = useRef(false)
  hasFailed.current = failure !== undefined
  useEffect(() => {
    if (online && hasFailed.current) retry()
  }, [online, retry])
  useEffect(() => {
    if (retryAt === undefined) return
    const timer = setTimeout(retry, retryAt - Date.now())
    return () => clearTimeout(timer)
  }, [retryAt, retry])
}
