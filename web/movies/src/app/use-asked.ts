import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type Failure, failureOf, retryInSeconds } from '../api/failure.js'
import { useOnline } from './use-online.js'

export interface Asked<T> {
  /** The last answer; it stays while a newer one is on its way or has failed. */
  readonly answer: T | undefined
  readonly failure: Failure | undefined
  readonly isAsking: boolean
  /** When it is tried again by itself, in `Date.now()` milliseconds. */
  readonly retryAt: number | undefined
  readonly retry: () => void
}

interface State<T> {
  readonly answer?: T | undefined
  readonly failure?: Failure | undefined
  readonly retryAt?: number | undefined
  readonly isAsking: boolean
}

/**
 * Asks whenever `question` changes, a moment later so that a run of changes is one question; tries again by itself
 * after failures that pass. `undefined` asks nothing.
 */
export function useAsked<T>(
  question: string | undefined,
  ask: (signal: AbortSignal) => Promise<T>,
  delayMs = 0,
): Asked<T> {
  const [state, setState] = useState<State<T>>({ isAsking: question !== undefined })
  const [round, setRound] = useState(0)
  const failures = useRef(0)
  const latest = useRef(ask)
  latest.current = ask

  // A new round asks the same question again.
  useEffect(() => {
    if (question === undefined) {
      setState({ isAsking: false })
      return
    }
    const abort = new AbortController()
    setState(({ answer, failure }) => ({ answer, failure, isAsking: true }))
    const timer = setTimeout(() => {
      latest.current(abort.signal).then(
        (answer) => {
          failures.current = 0
          if (!abort.signal.aborted) setState({ answer, isAsking: false })
        },
        (error: unknown) => {
          if (abort.signal.aborted) return
          const failure = failureOf(error, navigator.onLine)
          const seconds = retryInSeconds(failure, failures.current++)
          const retryAt = seconds === undefined ? undefined : Date.now() + seconds * 1000
          setState(({ answer }) => ({ answer, failure, retryAt, isAsking: false }))
        },
      )
    }, delayMs)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [question, round])

  const retry = useCallback(() => setRound((one) => one + 1), [])
  useRetries(state, retry)
  const { answer, failure, isAsking, retryAt } = state
  return { answer, failure, isAsking, retryAt, retry }
}

/** When its time has come, and as soon as the connection is back. */
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
