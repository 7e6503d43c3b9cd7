import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../server-words/server-message.js'
import { Icon } from './icon.js'
import { saveTable } from './save-drawing.js'
import type { Table } from './table.js'

interface SaveTableProps {
  /** Names the file, and the button for screen readers. */
  readonly name: string
  /** The whole table, also rows that the page has not loaded. The signal is aborted when the page is left. */
  readonly table: (signal: AbortSignal) => Table | Promise<Table>
}

/** A button that downloads a table as CSV. */
export function SaveTable({ name, table }: SaveTableProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const leaving = useRef<AbortController>(undefined)
  useEffect(() => () => leaving.current?.abort(), [])
  const save = useMutation({
    mutationFn: async () => {
      leaving.current = new AbortController()
      const { signal } = leaving.current
      const whole = await table(signal)
      if (!signal.aborted) saveTable(whole, name)
    },
  })
  const error = save.error && errorText(save.error)
  return (
    <>
      <button
        type="button"
        className="button icon-only"
        aria-label={t('common.saveCsv', { name })}
        title={error ?? t('common.saveCsv', { name })}
        disabled={save.isPending}
        aria-busy={save.isPending}
        onClick={() => save.mutate()}
      >
        <Icon name={error ? 'warning' : 'download'} />
      </button>
      {error && (
        <span className="visually-hidden" role="alert">
          {error}
        </span>
      )}
    </>
  )
}
