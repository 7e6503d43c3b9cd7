import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { TableRows } from '../api/catalog.js'
import { useFormat } from '../i18n/format.js'
import { SaveTable } from '../ui/save-table.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { textColumn } from '../ui/table.js'
import { rowsQuery } from './queries.js'

/** The first rows of a table. */
export function Rows({ name }: { name: string }) {
  const { t } = useTranslation()
  const rows = useQuery(rowsQuery(name))
  if (rows.isPending) return <Skeleton />
  if (rows.isError) return <Failure error={rows.error} retry={() => void rows.refetch()} />
  if (rows.data.rows.length === 0) return <Empty title={t('catalog.noRows')} />
  return <Sample name={name} sample={rows.data} />
}

function Sample({ name, sample }: { name: string; sample: TableRows }) {
  const { t } = useTranslation()
  const format = useFormat()
  const numeric = sample.columns.map((_, index) => sample.rows.every((row) => typeof row[index] === 'number'))
  return (
    <>
      <div className="actions">
        <p className="muted">
          {t('catalog.sample', {
            shown: format.integer(sample.rows.length),
            total: format.integer(sample.total_rows),
          })}
        </p>
        <SaveTable name={name} table={() => tableOfSample(sample)} />
      </div>
      <div className="panel">
        <ScrollX>
          <table className="list rows">
            <thead>
              <tr>
                {sample.columns.map(({ name, type }, index) => (
                  <th scope="col" key={name} className={numeric[index] ? 'number' : ''} title={type}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sample.rows.map((row, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows of a table have no other identity
                <tr key={index}>
                  {row.map((value, index) => (
                    <td key={sample.columns[index]!.name} className={numeric[index] ? 'number' : ''}>
                      <CellText value={value} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      </div>
    </>
  )
}

/** The rows that are shown, with null as an empty cell. */
const tableOfSample = ({ columns, rows }: TableRows) => ({
  columns: columns.map((column) => textColumn(column.name)),
  rows: rows.map((row) =>
    row.map((value) =>
      value === null || value === undefined ? undefined : typeof value === 'number' ? value : textOf(value),
    ),
  ),
})

const textOf = (value: unknown): string => {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function CellText({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="muted">null</span>
  const text = textOf(value)
  return (
    <span className="cell-text truncate" title={text}>
      {text}
    </span>
  )
}
