import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../server-words/server-message.js'
import { Icon } from './icon.js'
import { saveTable } from './save-drawing.js'
import type { Table } from './table.js'

interface SaveTableProps {
  /** Names the file, and the button for screen readers. */
  readonly name: string
  /** The whole table, also rows that the page has not loaded. */
  readonly table: () => Table | Promise<Table>
}

/** A button that downloads a table as CSV. */
export function SaveTable({ name, table }: SaveTableProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const save = useMutation({
    mutationFn: async () => table(),
    onSuccess: (whole) => saveTable(whole, name),
  })
  return (
    <button
      type="button"
      className="button icon-only"
      aria-label={t('common.saveCsv', { name })}
      title={save.error ? errorText(save.error) : t('common.saveCsv', { name })}
      disabled={save.isPending}
      aria-busy={save.isPending}
      onClick={() => save.mutate()}
    >
      <Icon name={save.isError ? 'warning' : 'download'} />
    </button>
  )
}
