import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { seriesStyle } from '../charts/series-style.js'
import { Whisker } from '../charts/whisker.js'
import { useFormat } from '../i18n/format.js'
import { MetricDefinition } from '../metrics/metric-definition.js'
import { HEADLINE_METRICS, metricLabel } from '../metrics/metric-name.js'
import { type Interval, intervalOf, type RunRow, runName } from '../runs/row.js'
import { spanOf } from '../runs/scale.js'
import { ScrollArea } from '../ui/scroll-area.js'
import { bestOf } from './differences.js'
import { Space, useGridWindow } from './use-grid-window.js'

const ROW_PX = 38

interface HeadlineChartProps {
  readonly rows: readonly RunRow[]
  readonly comparable: boolean
}

/** P@10, R@10 and NDCG@10 of each run with their intervals. */
export function HeadlineChart({ rows, comparable }: HeadlineChartProps) {
  const figures = useMemo(
    () =>
      HEADLINE_METRICS.filter((key) => rows.some((row) => row.metrics.has(key))).map((key) =>
        figureOf(rows, key, comparable),
      ),
    [rows, comparable],
  )
  return figures.length === 0 ? null : <HeadlineTable rows={rows} figures={figures} />
}

function HeadlineTable({ rows, figures }: { rows: readonly RunRow[]; figures: readonly Figure[] }) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const grid = useGridWindow({
    scroller,
    rows: rows.length,
    columns: 0,
    rowPx: ROW_PX,
    columnPx: 0,
    stickyPx: 0,
  })
  const protocols = new Set(rows.flatMap((row) => row.tags.get('cairn.protocol') ?? []))
  const [protocol] = protocols
  return (
    <section className="panel" aria-label={t('compare.keyMetrics')}>
      <ScrollArea className="comparison-scroll" scroller={scroller}>
        <table className="list headline-chart" aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              <th scope="col">{t('column.run_name')}</th>
              {figures.map(({ metric }) => (
                <th scope="col" key={metric}>
                  <span className="metric-name">
                    {metricLabel(metric)}
                    <MetricDefinition
                      metric={metric}
                      protocol={protocols.size === 1 ? protocol : undefined}
                    />
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Space px={grid.vertical.before} />
            {grid.rows.map((index) => (
              <tr key={rows[index]!.info.run_id} aria-rowindex={index + 2}>
                <th scope="row">
                  <span className="swatch" style={{ background: seriesStyle(index).colour }} />
                  {runName(rows[index]!.info)}
                </th>
                {figures.map((figure) => (
                  <td key={figure.metric}>
                    <HeadlineCell figure={figure} row={rows[index]!} index={index} />
                  </td>
                ))}
              </tr>
            ))}
            <Space px={grid.vertical.after} />
          </tbody>
        </table>
      </ScrollArea>
      <p className="chart-note muted">{t('metric.interval')}</p>
    </section>
  )
}

/** A metric of all runs. */
interface Figure {
  readonly metric: string
  readonly best: ReadonlySet<number>
  /** Runs of the same protocol share a scale. */
  readonly ranges: ReadonlyMap<string | undefined, Interval>
}

function figureOf(rows: readonly RunRow[], metric: string, comparable: boolean): Figure {
  const values = rows.map(({ metrics }) => metrics.get(metric))
  const intervals = rows.map(({ metrics }) => intervalOf(metrics, metric))
  const ranges = new Map<string | undefined, Interval>()
  for (const [i, { tags }] of rows.entries()) {
    const value = values[i]
    if (value === undefined) continue
    const protocol = tags.get('cairn.protocol')
    const own = intervals[i] ?? { low: value, high: value }
    ranges.set(protocol, spanOf([own, ranges.get(protocol) ?? own]))
  }
  return { metric, best: comparable ? bestOf(metric, values, intervals) : new Set(), ranges }
}

function HeadlineCell({ figure, row, index }: { figure: Figure; row: RunRow; index: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const value = row.metrics.get(figure.metric)
  if (value === undefined) return <span className="muted">–</span>
  const interval = intervalOf(row.metrics, figure.metric)
  const isBest = figure.best.has(index)
  return (
    <span className="headline-cell">
      <Whisker
        value={value}
        interval={interval}
        range={figure.ranges.get(row.tags.get('cairn.protocol'))!}
        colour={seriesStyle(index).colour}
      />
      <span className={isBest ? 'best' : ''}>
        {format.metric(value)}
        {isBest && <span className="visually-hidden"> {t('compare.best')}</span>}
      </span>
      <small className="muted">{interval && format.range(interval.low, interval.high)}</small>
    </span>
  )
}
