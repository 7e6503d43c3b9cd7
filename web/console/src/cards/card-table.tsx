import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import { columnDecimals } from '../metrics/column-decimals.js'
import { MetricNumber } from '../metrics/metric-number.js'
import type { Table, TableCell } from '../ui/table.js'

const MAX_ROWS = 500

interface CardTableProps {
  readonly table: Table
  readonly title: string
  readonly maxHeight: number
}

/** The values of a card, for screen readers and reading. */
export function CardTable({ table: { columns, rows }, title, maxHeight }: CardTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const shown = rows.slice(0, MAX_ROWS)
  const decimals = columns.map((_, i) => columnDecimals(shown.flatMap((row) => numberIn(row[i]))))
  if (rows.length === 0) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll
    <div className="curve-table" style={{ maxHeight }} tabIndex={0}>
      <table className="list" aria-label={title}>
        <thead>
          <tr>
            {columns.map(({ label, isNumber }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: labels are not unique
              <th scope="col" key={i} className={isNumber ? 'number' : ''}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity
            <tr key={index}>
              {row.map((cell, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the column
                <td key={i} className={columns[i]?.isNumber ? 'number' : ''}>
                  {typeof cell === 'number' ? (
                    <MetricNumber value={cell} format={format} decimals={decimals[i]} />
                  ) : (
                    (cell ?? '–')
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MAX_ROWS && <p className="muted">{t('cards.firstRows', { count: MAX_ROWS })}</p>}
    </div>
  )
}

const numberIn = (cell: TableCell | undefined) => (typeof cell === 'number' ? cell : [])
