import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { RunStatus } from '../api/runs.js'
import { columnLabel } from '../cards/column-label.js'
import { useFormat } from '../i18n/format.js'
import { columnDecimals } from '../metrics/column-decimals.js'
import { type Cell, cellOf, columnFromId } from '../runs/columns.js'
import { type RunRow, runName } from '../runs/row.js'
import { useColumnLabel } from '../runs/use-column-label.js'
import { ScrollX } from '../ui/scroll-x.js'

interface BlockTableProps {
  readonly title: string
  readonly rows: readonly RunRow[]
  readonly columns: readonly string[]
}

/** Runs with some of their columns. */
export function BlockTable({ title, rows, columns: ids }: BlockTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const labelOf = useColumnLabel()
  const columns = ids.flatMap((id) => columnFromId(id) ?? [])
  const decimals = new Map(
    columns
      .filter(({ kind }) => kind === 'metrics')
      .map(({ id, key }) => [id, columnDecimals(rows.map(({ metrics }) => metrics.get(key)))]),
  )
  const textOf = (id: string, cell: Cell) => {
    if (cell === undefined) return '–'
    if (/^attributes\.(start|end)_time$/.test(id)) return Number(cell) ? format.time(Number(cell)) : '–'
    if (id === 'attributes.status') return t(`status.${cell as RunStatus}`)
    if (id === 'attributes.duration') return format.duration(Number(cell))
    return typeof cell === 'number' ? format.metric(cell, decimals.get(id)) : cell
  }
  return (
    <ScrollX>
      <table className="list">
        {title && <caption>{title}</caption>}
        <thead>
          <tr>
            <th scope="col">{t('column.run_name')}</th>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={column.kind === 'metrics' ? 'number' : ''}>
                {column.kind === 'attributes' ? labelOf(column) : columnLabel(column.id)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.info.run_id}>
              <th scope="row">
                <Link
                  to="/experiments/$experimentId/runs/$runId"
                  params={{ experimentId: row.info.experiment_id, runId: row.info.run_id }}
                >
                  {runName(row.info)}
                </Link>
              </th>
              {columns.map((column) => (
                <td key={column.id} className={column.kind === 'metrics' ? 'number' : ''}>
                  {textOf(column.id, cellOf(row, column, Date.now()))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  )
}
