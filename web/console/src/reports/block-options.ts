import type { CardKind } from '../cards/card.js'
import { CARD_FIELDS, type Field } from '../cards/kinds/fields.js'
import { smoothingFromText } from '../charts/curve-view.js'
import { columnFromId } from '../runs/columns.js'
import { type Grouping, groupingFromId, MAX_GROUPINGS } from '../runs/grouping.js'

/** Most runs of a block. */
export const MAX_RUNS = 100
export const DEFAULT_RUNS = 10

/** The kinds of cards that draw groups of runs. */
export const GROUPED_KINDS: readonly CardKind[] = ['line', 'bar', 'box']

/** The key of a block for each field of a card. */
const KEYS: Readonly<Record<Field['label'], string>> = {
  metric: 'y',
  metrics: 'y',
  target: 'y',
  x: 'x',
  y: 'y',
  z: 'z',
  xAxis: 'x',
  xMetric: 'x_metric',
  color: 'color',
  groups: 'group',
  axes: 'axes',
  logAxes: 'log_axes',
  baseline: 'baseline',
  smoothing: 'smoothing',
  logX: 'log_x',
  logY: 'log_y',
  logValues: 'log_y',
  yMin: 'y_min',
  yMax: 'y_max',
  ignoreOutliers: 'ignore_outliers',
  points: 'points',
  band: 'band',
  facets: 'facets',
  sort: 'sort',
  shape: 'shape',
  showPoints: 'show_points',
  bins: 'bins',
  pareto: 'pareto',
  betterX: 'better_x',
  betterY: 'better_y',
  surface: 'surface',
  arrangement: 'arrangement',
  file: 'file',
  plot: 'plot',
  class: 'class',
}

export const keyOfField = ({ label }: Field): string => KEYS[label]
/** Keys of the options of cards. */
export const OPTION_KEYS: readonly string[] = [...new Set(Object.values(KEYS))]
/** Keys of a block. */
export const BLOCK_KEYS: readonly string[] = [
  ...['experiment', 'filter', 'order', 'runs', 'title', 'chart', 'columns', 'height', 'group_by'],
  ...OPTION_KEYS,
]

export const fieldOf = (kind: CardKind, key: string): Field | undefined =>
  CARD_FIELDS[kind].find((field) => keyOfField(field) === key)

const MANY: readonly Field['type'][] = ['metrics', 'columns']

export function isValidOption({ type, values }: Field, texts: readonly string[]): boolean {
  if (texts.length > 1 && !MANY.includes(type)) return false
  if (type === 'flag') return texts.every((one) => one === 'true' || one === 'false')
  if (type === 'number') return texts.every((one) => Number.isFinite(Number(one)))
  if (type === 'column' || type === 'columns') return texts.every((one) => columnFromId(one) !== undefined)
  if (type === 'smoothing')
    return texts.every((one) => smoothingFromText(one).weight > 0 || Number(one) === 0)
  return !values || texts.every((one) => values.includes(one))
}

/** @returns undefined if one is unknown, or for too many */
export function groupingsFromIds(ids: readonly string[]): readonly Grouping[] | undefined {
  const known = ids.flatMap((id) => groupingFromId(id) ?? [])
  return known.length === ids.length && known.length <= MAX_GROUPINGS ? known : undefined
}
