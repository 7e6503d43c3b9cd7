import { PLOT_KINDS } from '../../plots/plot-kinds.js'
import type { CardKind, Options } from '../card.js'

type FieldType =
  /** The key of a metric. */
  | 'metric'
  | 'metrics'
  /** The id of a metric or parameter: `params.lr`. */
  | 'column'
  | 'columns'
  | 'choice'
  | 'flag'
  | 'number'
  | 'text'
  /** The path of a table in the artifacts of the runs. */
  | 'file'
  | 'run'
  | 'smoothing'

/** A field of the form of a card. */
export interface Field {
  readonly key: string
  readonly type: FieldType
  readonly label: FieldLabel
  readonly required?: boolean
  /** Values of a choice; the first is the default, and is not stored. */
  readonly values?: readonly string[]
  /** Shown only if another option has this value. */
  readonly when?: readonly [key: string, value: string]
}

type FieldLabel =
  | 'metric'
  | 'metrics'
  | 'x'
  | 'y'
  | 'z'
  | 'color'
  | 'axes'
  | 'logAxes'
  | 'xAxis'
  | 'xMetric'
  | 'logX'
  | 'logY'
  | 'logValues'
  | 'smoothing'
  | 'ignoreOutliers'
  | 'yMin'
  | 'yMax'
  | 'points'
  | 'band'
  | 'facets'
  | 'sort'
  | 'groups'
  | 'shape'
  | 'showPoints'
  | 'bins'
  | 'pareto'
  | 'betterX'
  | 'betterY'
  | 'baseline'
  | 'target'
  | 'surface'
  | 'arrangement'
  | 'file'
  | 'plot'
  | 'class'

export const LINE_FIELDS: readonly Field[] = [
  { key: 'x', type: 'choice', label: 'xAxis', values: ['step', 'time', 'wall', 'metric'] },
  { key: 'xm', type: 'metric', label: 'xMetric', when: ['x', 'metric'] },
  { key: 'lx', type: 'flag', label: 'logX' },
  { key: 'ly', type: 'flag', label: 'logY' },
  { key: 'sm', type: 'smoothing', label: 'smoothing' },
  { key: 'io', type: 'flag', label: 'ignoreOutliers' },
  { key: 'pt', type: 'choice', label: 'points', values: ['auto', 'all', 'none'] },
  { key: 'band', type: 'choice', label: 'band', values: ['range', 'deviation', 'interval'] },
]

const Y_RANGE: readonly Field[] = [
  { key: 'y0', type: 'number', label: 'yMin' },
  { key: 'y1', type: 'number', label: 'yMax' },
]
const metric: Field = { key: 'y', type: 'metric', label: 'metric', required: true }
const columnField = (key: 'x' | 'y' | 'z', required = true): Field => ({
  key,
  type: 'column',
  label: key,
  required,
})

/** The fields of each kind of card, in the order of its form. */
export const CARD_FIELDS: Readonly<Record<CardKind, readonly Field[]>> = {
  line: [
    { ...metric, type: 'metrics' },
    { key: 'fa', type: 'column', label: 'facets' },
    ...LINE_FIELDS,
    ...Y_RANGE,
  ],
  bar: [
    metric,
    { key: 'sort', type: 'choice', label: 'sort', values: ['runs', 'descending', 'ascending'] },
    { key: 'ly', type: 'flag', label: 'logValues' },
  ],
  scatter: [
    columnField('x'),
    columnField('y'),
    { key: 'c', type: 'column', label: 'color' },
    { key: 'lx', type: 'flag', label: 'logX' },
    { key: 'ly', type: 'flag', label: 'logY' },
    { key: 'pf', type: 'flag', label: 'pareto' },
    { key: 'bx', type: 'choice', label: 'betterX', values: ['higher', 'lower'], when: ['pf', 'true'] },
    { key: 'by', type: 'choice', label: 'betterY', values: ['higher', 'lower'], when: ['pf', 'true'] },
  ],
  parallel: [
    { key: 'd', type: 'columns', label: 'axes', required: true },
    { key: 'log', type: 'columns', label: 'logAxes' },
    { key: 'c', type: 'column', label: 'color' },
  ],
  box: [
    metric,
    { key: 'g', type: 'column', label: 'groups' },
    { key: 'sh', type: 'choice', label: 'shape', values: ['box', 'violin'] },
    { key: 'pt', type: 'flag', label: 'showPoints' },
    { key: 'ly', type: 'flag', label: 'logValues' },
  ],
  histogram: [metric, { key: 'n', type: 'number', label: 'bins' }],
  contour: [
    columnField('x'),
    columnField('y'),
    columnField('z'),
    { key: 'st', type: 'choice', label: 'surface', values: ['contour', 'heat'] },
    { key: 'lx', type: 'flag', label: 'logX' },
    { key: 'ly', type: 'flag', label: 'logY' },
  ],
  difference: [
    { key: 'y', type: 'metrics', label: 'metrics', required: true },
    { key: 'b', type: 'run', label: 'baseline' },
  ],
  importance: [{ ...metric, label: 'target' }],
  images: [{ key: 'st', type: 'choice', label: 'arrangement', values: ['side', 'overlay'] }],
  plot: [
    { key: 'f', type: 'file', label: 'file', required: true },
    { key: 'k', type: 'choice', label: 'plot', values: ['auto', ...PLOT_KINDS] },
    { key: 'cl', type: 'text', label: 'class' },
  ],
}

export const missingFields = (kind: CardKind, options: Options): readonly Field[] =>
  CARD_FIELDS[kind].filter(({ key, required }) => required && !options[key]?.length)
