import type { TaskLogLine } from '../api/jobs.js'

/** The installation of packages before an attempt, which the log folds. */
export interface Preparation {
  readonly attempt: number
  readonly lines: number
  /** Milliseconds from the first line to the last, or to the line after it. */
  readonly durationMs: number
  readonly isDone: boolean
}

const isSetup = ({ level }: TaskLogLine) => level === 'setup'

/**
 * The preparations in a log, by attempt. Lines of the server come before the installation; the task prints after it.
 *
 * @param hasEnded whether the task has ended, and with it any installation
 */
export function preparationsOf(lines: readonly TaskLogLine[], hasEnded: boolean): readonly Preparation[] {
  const attempts = [...new Set(lines.map((line) => line.attempt))]
  return attempts.flatMap((attempt) => {
    const own = lines.filter((line) => line.attempt === attempt)
    const setup = own.filter(isSetup)
    if (setup.length === 0) return []
    const next = own[own.findLastIndex(isSetup) + 1]
    const durationMs = Math.max(0, (next ?? setup.at(-1)!).time - setup[0]!.time)
    const isDone = next !== undefined || hasEnded || attempt < Math.max(...attempts)
    return [{ attempt, lines: setup.length, durationMs, isDone }]
  })
}

/** The lines that the task printed itself. */
export const withoutPreparation = (lines: readonly TaskLogLine[]): readonly TaskLogLine[] =>
  lines.some(isSetup) ? lines.filter((line) => !isSetup(line)) : lines
