import type { TaskLogLine } from '../api/jobs.js'

/** The installation of packages before an attempt, which the log folds. */
export interface Preparation {
  readonly attempt: number
  readonly lines: number
  /** Milliseconds from the first line to the last, or to the first line after it. */
  readonly durationMs: number
  readonly isDone: boolean
}

const isSetup = ({ level }: TaskLogLine) => level === 'setup'

/** The preparations in a log, by attempt. */
export function preparationsOf(lines: readonly TaskLogLine[]): readonly Preparation[] {
  const found: Preparation[] = []
  for (const attempt of new Set(lines.filter(isSetup).map((line) => line.attempt))) {
    const own = lines.filter((line) => line.attempt === attempt)
    const setup = own.filter(isSetup)
    const next = own.find((line) => !isSetup(line))
    const end = next ?? setup.at(-1)!
    const durationMs = Math.max(0, end.time - setup[0]!.time)
    found.push({ attempt, lines: setup.length, durationMs, isDone: next !== undefined })
  }
  return found
}

/** The lines that the task printed itself. */
export const withoutPreparation = (lines: readonly TaskLogLine[]): readonly TaskLogLine[] =>
  lines.some(isSetup) ? lines.filter((line) => !isSetup(line)) : lines
