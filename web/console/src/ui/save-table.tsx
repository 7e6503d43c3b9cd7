import { useTranslation } from 'react-i18next'
import type { Reading } from '../api/all-pages.js'
import { SaveButton } from './save-button.js'
import { saveTable } from './save-drawing.js'
import type { Table } from './table.js'

interface SaveTableProps {
  /** Names the file, and the button for screen readers. */
  readonly name: string
  /** The whole table, also rows that the page has not loaded. */
  readonly table: (reading: Reading) => Table | Promise<Table>
}

/** A button that downloads a table as CSV. */
export function SaveTable({ name, table }: SaveTableProps) {
  const { t } = useTranslation()
  return (
    <SaveButton label={t('common.saveCsv', { name })} read={table} save={(whole) => saveTable(whole, name)} />
  )
}
