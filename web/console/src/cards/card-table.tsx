import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
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
  const text = (cell: TableCell) => (typeof cell === 'number' ? format.metric(cell) : (cell ?? '–'))
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
          {rows.slice(0, MAX_ROWS).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity
            <tr key={index}>
              {row.map((cell, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the column
                <td key={i} className={columns[i]?.isNumber ? 'number' : ''}>
                  {text(cell)}
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
