import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import type { Line } from './line-chart.js'
import { align } from './series.js'

const MAX_ROWS = 200

/** The values of the chart as a table, for screen readers and copying. */
export function CurveTable({
  lines,
  xLabel,
  title,
}: {
  lines: readonly Line[]
  xLabel: string
  title: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const [xs, ...columns] = align(lines.map(({ raw, curve }) => raw ?? curve))
  const every = Math.max(1, Math.ceil(xs.length / MAX_ROWS))
  const rows = xs
    .map((x, index) => ({ x, index }))
    .filter(({ index }) => index % every === 0 || index === xs.length - 1)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll
    <section className="curve-table" tabIndex={0} aria-label={title}>
      <table className="list">
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
          {rows.map(({ x, index }) => (
            <tr key={x}>
              <th scope="row" className="number">
                {format.metric(x)}
              </th>
              {columns.map((column, line) => (
                <td className="number" key={lines[line]!.id}>
                  {column[index] === null ? 'NaN' : format.metric(column[index])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {every > 1 && <p className="muted">{t('curves.thinned', { every })}</p>}
    </section>
  )
}
