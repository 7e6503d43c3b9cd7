import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ScrollX } from '../ui/scroll-x.js'
import { Failure, Skeleton } from '../ui/states.js'
import { tableQuery } from './queries.js'

export function Columns({ name }: { name: string }) {
  const { t } = useTranslation()
  const table = useQuery(tableQuery(name))
  if (table.isPending) return <Skeleton />
  if (table.isError) return <Failure error={table.error} retry={() => void table.refetch()} />
  return (
    <>
      {table.data.comment && <p className="note">{table.data.comment}</p>}
      <div className="panel">
        <ScrollX>
          <table className="list">
            <thead>
              <tr>
                <th scope="col">{t('catalog.column')}</th>
                <th scope="col">{t('catalog.type')}</th>
                <th scope="col">{t('catalog.nullable')}</th>
                <th scope="col">{t('catalog.comment')}</th>
              </tr>
            </thead>
            <tbody>
              {table.data.columns.map((column) => (
                <tr key={column.name}>
                  <th scope="row">{column.name}</th>
                  <td>
                    <code>{column.type_text}</code>
                  </td>
                  <td className="muted">{column.nullable ? t('common.yes') : t('common.no')}</td>
                  <td className="muted">{column.comment}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      </div>
    </>
  )
}
