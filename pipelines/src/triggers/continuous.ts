import { CLOCK_TOLERANCE_MS } from './trigger.js'

const FIRST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 600_000

/** A run of a continuous job, or one that is still active. */
export interface PastRun {
  /** Null while the run is active. */
  readonly result: string | null
  /** Milliseconds since the epoch. */
  readonly endedAt: number | null
}

/** Runs that are read to count the failures in a row. */
export const RECENT_RUNS = 8

/**
 * Returns whether a continuous job starts its next run: at once after a success or a cancellation, and after failures in a row with
 * pauses that double, from ten seconds to ten minutes.
 *
 * @param recent newest first
 */
export function isNextRunDue(recent: readonly PastRun[], now: number): boolean {
  if (recent.some(({ result }) => result === null)) return false
  const failures = recent.findIndex(({ result }) => result === 'SUCCESS' || result === 'CANCELED')
  const inRow = failures === -1 ? recent.length : failures
  if (inRow === 0) return true
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (inRow - 1))
  const endedAt = recent[0]!.endedAt ?? 0
  return now >= endedAt + pauseMs || endedAt > now + CLOCK_TOLERANCE_MS
}
