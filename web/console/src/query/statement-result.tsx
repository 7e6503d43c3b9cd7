import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Statement } from '../api/statements.js'
import { DataTable } from '../artifacts/data-table.js'
import { useFormat } from '../i18n/format.js'
import { StateMessage } from '../server-words/server-message.js'
import { Icon } from '../ui/icon.js'
import { Empty } from '../ui/states.js'
import { toTableData } from './statement-table.js'

interface StatementResultProps {
  readonly statement: Statement
  readonly ms: number
}

/** The rows of a statement, or the reason why it has none. */
export function StatementResult({ statement, ms }: StatementResultProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { status, manifest, result } = statement
  const data = useMemo(
    () => manifest && toTableData({ manifest, rows: (result?.data_array ?? []) as (string | null)[][] }),
    [manifest, result],
  )
  if (!data || !manifest)
    return (
      <div className="notice bad" role="alert">
        <Icon name="warning" />
        <div>
          <strong>{t('query.failed')}</strong>
          <p className="query-error">
            {status.error ? <StateMessage message={status.error.message} /> : t('query.canceled')}
          </p>
        </div>
      </div>
    )
  if (data.rows.length === 0) return <Empty title={t('query.noRows')} />
  return (
    <div className="panel">
      <DataTable
        name="query"
        data={data}
        note={
          <>
            {t('query.took', { time: format.duration(ms) })}
            {manifest.truncated && ` ${t('query.truncated', { rows: format.integer(data.rows.length) })}`}
          </>
        }
      />
    </div>
  )
}
