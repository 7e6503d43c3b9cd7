/** The pauses of triggers on data. */
interface Pauses {
  readonly min_time_between_triggers_seconds?: number
  readonly wait_after_last_change_seconds?: number
}

interface Times {
  /** Milliseconds since the epoch. */
  readonly lastChangeAt: number
  readonly firedAt: number | null
}

/** Returns whether the pauses since the last change and since the last run are over. @param now milliseconds since the epoch */
export function arePausesOver(pauses: Pauses, { lastChangeAt, firedAt }: Times, now: number): boolean {
  const isQuiet = now >= lastChangeAt + (pauses.wait_after_last_change_seconds ?? 0) * 1000
  const pauseMs = (pauses.min_time_between_triggers_seconds ?? 0) * 1000
  return isQuiet && (firedAt === null || now >= firedAt + pauseMs)
}
