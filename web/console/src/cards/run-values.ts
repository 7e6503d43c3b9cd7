import type { Run } from '../api/runs.js'
import { withInfinity } from '../metrics/infinity.js'
import { type Column, columnFromId } from '../runs/columns.js'
import type { VisibleRun } from '../runs/visible-run.js'

/** A run with the values that a card needs, by column: `metrics.loss`, `params.lr`. */
export interface RunValues {
  readonly run: VisibleRun
  readonly text: (column: string) => string | undefined
  /** NaN without a number. */
  readonly number: (column: string) => number
}

export function runValues(run: VisibleRun, read: Run | undefined): RunValues {
  const maps = {
    metrics: new Map(read?.data.metrics?.map(({ key, value }) => [key, String(value)])),
    params: new Map(read?.data.params?.map(({ key, value }) => [key, value ?? ''])),
    tags: new Map(read?.data.tags?.map(({ key, value }) => [key, value ?? ''])),
  }
  const text = (id: string): string | undefined => {
    const column = columnFromId(id)
    return column && column.kind !== 'attributes' ? maps[column.kind].get(column.key) : undefined
  }
  const number = (id: string): number => {
    const value = text(id)
    return value === undefined || value.trim() === '' ? Number.NaN : withInfinity(Number(value))
  }
  return { run, text, number }
}

/** Keys by kind, as the server's projection wants them. */
export function projectionOf(columns: readonly string[]) {
  const keysOf = (kind: Column['kind']) =>
    [...new Set(columns)].flatMap((id) => {
      const column = columnFromId(id)
      return column?.kind === kind ? [column.key] : []
    })
  return { metrics: keysOf('metrics'), params: keysOf('params'), tags: keysOf('tags') }
}

/** `metrics.loss` → `loss`. */
export const keyOf = (column: string) => column.slice(column.indexOf('.') + 1)
