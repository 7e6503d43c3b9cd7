import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import type { Line } from './line-chart.js'
import { align, joined } from './series.js'

const MAX_ROWS = 200
const MIN_ROWS = 10
const MAX_CELLS = 5000

/** The values of the chart as a table, for screen readers and copying. */
export function CurveTable({
  lines,
  xLabel,
  title,
  maxHeight,
}: {
  lines: readonly Line[]
  xLabel: string
  title: string
  maxHeight: number
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const aligned = align(lines.map(({ raw, curve }) => raw ?? curve))
  const maxRows = Math.min(MAX_ROWS, Math.max(MIN_ROWS, Math.floor(MAX_CELLS / lines.length)))
  const every = Math.max(1, Math.ceil(aligned.xs.length / maxRows))
  const { xs, lines: columns, lows, highs } = joined(aligned, every)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll
    <div className="curve-table" style={{ maxHeight }} tabIndex={0}>
      <table className="list" aria-label={title}>
        <thead>
          <tr>
            <th scope="col" className="number">
              {xLabel}
            </th>
            {lines.map(({ id, label }) => (
              <th scope="col" className="number" key={id}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {xs.map((x, index) => (
            <tr key={x}>
              <th scope="row" className="number">
                {format.metric(x)}
              </th>
              {columns.map((column, line) => (
                <td className="number" key={lines[line]!.id}>
                  {column[index] === null ? 'NaN' : format.metric(column[index] ?? undefined)}
                  <Range low={lows[line]![index]} high={highs[line]![index]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {every > 1 && <p className="muted">{t('curves.thinned', { every })}</p>}
    </div>
  )
}

interface RangeProps {
  readonly low: number | null | undefined
  readonly high: number | null | undefined
}

/** The least and greatest value of a bucket of several points. */
function Range({ low, high }: RangeProps) {
  const format = useFormat()
  if (low == null || high == null || low >= high) return null
  return <small className="muted"> {format.range(low, high)}</small>
}
