import type { JobRunProgress, TaskProgress } from '../api/jobs.js'

export interface Bar {
  readonly task: TaskProgress
  /** Percent of the run's duration; absent if the task has not started. */
  readonly left?: number
  readonly width?: number
  /** 0 to 1; absent if the task does not report a total. */
  readonly done?: number
}

export interface Timeline {
  readonly start: number
  readonly span: number
  readonly bars: readonly Bar[]
}

/** Places tasks on a time axis from the first start to the end of the run, or to now. */
export function timelineOf(run: JobRunProgress, now: number): Timeline {
  const starts = run.tasks.flatMap(({ started_at }) => started_at ?? [])
  const start = Math.min(run.started_at ?? Number.POSITIVE_INFINITY, ...starts)
  if (!Number.isFinite(start)) return { start: now, span: 1, bars: run.tasks.map((task) => ({ task })) }
  const end = run.ended_at ?? Math.max(now, ...run.tasks.flatMap(({ ended_at }) => ended_at ?? []))
  const span = Math.max(1, end - start)
  return { start, span, bars: run.tasks.map((task) => barOf(task, start, span, end)) }
}

function barOf(task: TaskProgress, start: number, span: number, end: number): Bar {
  const { started_at, ended_at, progress } = task
  if (started_at === undefined) return { task }
  const percent = (ms: number) => Math.min(100, Math.max(0, (ms / span) * 100))
  const left = percent(started_at - start)
  const width = Math.max(0.4, Math.min(percent((ended_at ?? end) - started_at), 100 - left))
  const done =
    progress?.total && ended_at === undefined ? Math.min(1, progress.done / progress.total) : undefined
  return { task, left, width, ...(done !== undefined && { done }) }
}

/** About five round tick positions, in milliseconds since the start. */
export function ticksOf(span: number): number[] {
  const rough = span / 5
  const unit = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((candidate) => candidate >= rough)!
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step)
}

/** `12.3k / 100k ratings · message`, without the parts that the task does not report. */
export function progressText(
  { done, total, unit = '', message = '' }: NonNullable<TaskProgress['progress']>,
  compact: (value: number) => string,
): string {
  const amount = total
    ? `${compact(done)} / ${compact(total)} ${unit}`
    : done > 0
      ? `${compact(done)} ${unit}`
      : ''
  return [amount.trim(), message].filter(Boolean).join(' · ')
}
