import { CellWhisker } from '../charts/cell-whisker.js'
import { type Format, formatDuration } from '../i18n/format.js'
import { MetricNumber } from '../metrics/metric-number.js'
import { type Column, cellOf } from './columns.js'
import { intervalOf, type RunRow } from './row.js'
import { RunStatusText } from './run-status.js'
import { type Scales, scaleKey } from './scale.js'
import type { Figures } from './use-figures.js'

interface ValueProps {
  readonly row: RunRow
  readonly column: Column
  readonly format: Format
  readonly scales: Scales
  readonly figures: Figures
  /** The decimals of metrics by key. */
  readonly decimals: ReadonlyMap<string, number>
}

/** Uses no hooks, like `CellPlace`. */
export function CellValue(props: ValueProps) {
  const { row, column, format, figures } = props
  const chosen = column.kind === 'metrics' ? figures.get(column.key) : undefined
  const value = chosen ? chosen.get(row.info.run_id) : cellOf(row, column, Date.now())
  if (value === undefined || value === '') return <span className="none">–</span>
  const decimals = props.decimals.get(column.key)
  if (chosen) return <MetricNumber {...{ value, format, decimals }} />
  if (column.kind === 'metrics') return Figure(props, Number(value))
  if (column.id === 'attributes.status') return <RunStatusText status={row.info.status} />
  if (column.id === 'attributes.duration') return formatDuration(Number(value))
  if (column.id === 'attributes.start_time' || column.id === 'attributes.end_time')
    return <time title={format.time(Number(value))}>{format.ago(Number(value))}</time>
  return (
    <span className="truncate" title={String(value)}>
      {String(value)}
    </span>
  )
}

function Figure({ row, column, format, scales, decimals }: ValueProps, value: number) {
  const interval = intervalOf(row.metrics, column.key)
  const range = interval && scales.get(scaleKey(row, column.key))
  return (
    <>
      {interval && range && <CellWhisker value={value} interval={interval} range={range} />}
      <MetricNumber {...{ value, format }} decimals={decimals.get(column.key)} />
    </>
  )
}
