import { useTranslation } from 'react-i18next'
import { Status, type Tone } from '../ui/status.js'

const STATES = [
  'BLOCKED',
  'QUEUED',
  'PENDING',
  'RUNNING',
  'TERMINATING',
  'WAITING_FOR_RETRY',
  'TERMINATED',
  'SKIPPED',
  'SUCCESS',
  'FAILED',
  'CANCELED',
  'PRUNED',
  'TIMEDOUT',
  'UPSTREAM_FAILED',
  'UPSTREAM_CANCELED',
  'EXCLUDED',
  'DISABLED',
  'SUCCESS_WITH_FAILURES',
  'MAXIMUM_CONCURRENT_RUNS_REACHED',
  'INTERNAL_ERROR',
] as const
type State = (typeof STATES)[number]

const TONE: Partial<Record<State, Tone>> = {
  RUNNING: 'running',
  TERMINATING: 'running',
  WAITING_FOR_RETRY: 'warn',
  SUCCESS: 'ok',
  SUCCESS_WITH_FAILURES: 'warn',
  FAILED: 'bad',
  TIMEDOUT: 'bad',
  INTERNAL_ERROR: 'bad',
  UPSTREAM_FAILED: 'stopped',
  UPSTREAM_CANCELED: 'stopped',
  CANCELED: 'stopped',
  PRUNED: 'stopped',
  EXCLUDED: 'stopped',
  SKIPPED: 'stopped',
  DISABLED: 'stopped',
}

export const toneOf = (state: string, result: string | undefined): Tone =>
  TONE[(result ?? state) as State] ?? 'waiting'

/** The text of the result of a terminated run, else of its state. */
export function useStateText() {
  const { t } = useTranslation()
  return (state: string, result: string | undefined): string => {
    const current = result ?? state
    const known = STATES.find((value) => value === current)
    return known ? t(`jobState.${known}`) : current
  }
}

/** Shows the result of a terminated run, else its state. */
export function JobState({ state, result }: { state: string; result: string | undefined }) {
  return <Status tone={toneOf(state, result)}>{useStateText()(state, result)}</Status>
}
