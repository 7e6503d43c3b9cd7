import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createTableFromCsv, type Securable } from '../api/catalog.js'
import { useFormat } from '../i18n/format.js'
import { Dialog } from '../ui/dialog.js'
import { fieldText } from '../ui/field-text.js'
import { FormField } from '../ui/form-field.js'
import { Icon } from '../ui/icon.js'
import { NameField } from '../ui/name-field.js'
import { SubmitForm } from '../ui/submit-form.js'
import { type CsvColumn, type ParsedCsv, parsedCsv, tableNameOf } from './csv-columns.js'
import { CsvPreview } from './csv-preview.js'
import { csvText } from './csv-text.js'
import { listKeyOf, mayCreateTableQuery } from './queries.js'
import { pageOf } from './securable.js'

/** Creates a table in a schema from a CSV file. Nothing for callers that may not. */
export function UploadCsv({ schema }: { schema: Securable }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const mayCreate = useQuery(mayCreateTableQuery(schema))
  if (!mayCreate.data) return null
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        {t('csv.title')}
      </button>
      {open && <UploadDialog schema={schema} onClose={() => setOpen(false)} />}
    </>
  )
}

const MAX_BYTES = 8_000_000

interface ReadFile extends ParsedCsv {
  readonly text: string
  readonly name: string
}

/** The contents of a file, or what is wrong with it. */
async function readCsv(file: File): Promise<ReadFile | 'tooLarge' | 'unreadable' | 'encoding' | 'empty'> {
  if (file.size > MAX_BYTES) return 'tooLarge'
  const bytes = await file.arrayBuffer().catch(() => undefined) // the file may have changed
  if (!bytes) return 'unreadable'
  const text = csvText(new Uint8Array(bytes))
  if (text === undefined) return 'encoding'
  const parsed = parsedCsv(text)
  return parsed ? { ...parsed, text, name: tableNameOf(file.name) } : 'empty'
}

interface UploadDialogProps {
  readonly schema: Securable
  readonly onClose: () => void
}

function UploadDialog({ schema, onClose }: UploadDialogProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [file, setFile] = useState<ReadFile>()
  const [problem, setProblem] = useState<string>()
  const choose = async (input: HTMLInputElement) => {
    const chosen = input.files?.[0]
    setFile(undefined)
    setProblem(undefined)
    if (!chosen) return
    const read = await readCsv(chosen)
    if (input.files?.[0] !== chosen) return // another file was chosen meanwhile
    if (typeof read === 'string') setProblem(t(`csv.${read}`, { count: MAX_BYTES / 1_000_000 }))
    else setFile(read)
  }
  return (
    <Dialog title={t('csv.title')} onClose={onClose}>
      <div className="stack">
        <FormField label={t('csv.file')} hint={t('csv.fileHint')} problem={problem}>
          {(attributes) => (
            <input
              {...attributes}
              type="file"
              accept=".csv,.tsv,.txt,text/csv"
              onChange={({ target }) => void choose(target)}
            />
          )}
        </FormField>
        {file && (
          <>
            <p className="muted">
              {t('csv.found', {
                count: file.rows,
                rows: format.integer(file.rows),
                columns: file.columns.length,
              })}
            </p>
            <TableForm key={file.text} {...{ schema, file, onClose }} />
          </>
        )}
      </div>
    </Dialog>
  )
}

function TableForm({ schema, file, onClose }: UploadDialogProps & { readonly file: ReadFile }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [columns, setColumns] = useState<readonly CsvColumn[]>(file.columns)
  const creation = useMutation({
    mutationFn: (description: { name: string; comment: string }) =>
      createTableFromCsv(schema.name, {
        ...description,
        columns: [...columns],
        csv: file.text,
        delimiter: file.delimiter,
      }),
    onSuccess: async ({ full_name }) => {
      onClose()
      const created = { type: 'table', name: full_name } as const
      await queries.invalidateQueries({ queryKey: listKeyOf(created) })
      await navigate(pageOf(created))
    },
  })
  return (
    <SubmitForm
      action={t('common.create')}
      request={creation}
      onSubmit={(fields) =>
        creation.mutate({ name: fieldText(fields, 'name'), comment: fieldText(fields, 'comment') })
      }
      onCancel={onClose}
    >
      <NameField label={t('csv.name')} maxLength={255} defaultValue={file.name} />
      <FormField label={t('catalog.comment')}>
        {(attributes) => <input {...attributes} className="input" name="comment" autoComplete="off" />}
      </FormField>
      <CsvPreview columns={columns} sample={file.sample} onChange={setColumns} />
    </SubmitForm>
  )
}
