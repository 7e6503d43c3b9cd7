import type { Grouping } from '@cairn/platform/protocol/mlflow/run-projection'
import type { RunKeys } from '../api/runs.js'
import { compareNaturally } from '../app/natural-order.js'
import type { RunRow } from './row.js'

export type { Grouping }

const KINDS = ['params', 'tags', 'attributes', 'datasets'] as const
/** Levels of nested groups. */
export const MAX_GROUPINGS = 3

/** `params.model`, as in the URL. */
export const groupingId = ({ kind, key }: Grouping) => `${kind}.${key}`

export function groupingFromId(id: string): Grouping | undefined {
  const dot = id.indexOf('.')
  const kind = KINDS.find((one) => one === id.slice(0, dot))
  return kind && { kind, key: id.slice(dot + 1) }
}

/** All by which the runs of an experiment can be grouped. Tags that MLflow sets itself come last. */
export function availableGroupings({ params, tags }: RunKeys): Grouping[] {
  const sorted = (keys: readonly string[]) => [...keys].sort(compareNaturally)
  const isOwn = (key: string) => !key.startsWith('mlflow.')
  return [
    ...sorted(params).map((key) => ({ kind: 'params' as const, key })),
    ...sorted(tags.filter(isOwn)).map((key) => ({ kind: 'tags' as const, key })),
    { kind: 'datasets', key: 'name' },
    { kind: 'datasets', key: 'digest' },
    { kind: 'attributes', key: 'status' },
    { kind: 'attributes', key: 'user_id' },
    ...sorted(tags.filter((key) => !isOwn(key))).map((key) => ({ kind: 'tags' as const, key })),
  ]
}

/** A dataset that a run used. */
export interface RunDataset {
  readonly name: string
  readonly digest: string
}

/**
 * The group of a run as text; undefined without grouping.
 *
 * @param datasets of the run, which the table does not read
 */
export function groupLabel(
  row: RunRow,
  groupBy: readonly Grouping[],
  datasets: readonly RunDataset[] = [],
): string | undefined {
  if (groupBy.length === 0) return undefined
  return groupBy
    .map(
      (by) =>
        `${labelOf(by)}: ${(by.kind === 'datasets' ? ofDatasets(datasets, by) : ownValue(row, by)) ?? '–'}`,
    )
    .join(', ')
}

const labelOf = ({ kind, key }: Grouping) => (kind === 'datasets' ? `dataset.${key}` : key)

/** A run of several datasets is in a group of all of them. */
function ofDatasets(datasets: readonly RunDataset[], { key }: Grouping): string | undefined {
  const values = new Set(datasets.map((dataset) => dataset[key as keyof RunDataset]))
  return [...values].sort(compareNaturally).join(' + ') || undefined
}

function ownValue(row: RunRow, { kind, key }: Grouping): string | undefined {
  if (kind === 'params' || kind === 'tags') return row[kind].get(key)
  return kind === 'attributes' ? row.info[key as 'status' | 'user_id'] : undefined
}
