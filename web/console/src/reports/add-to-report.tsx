import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { allPages } from '../api/all-pages.js'
import { queryKeys } from '../api/query-keys.js'
import {
  createReport,
  getReport,
  listEditableReports,
  type Report,
  type ReportSummary,
} from '../api/reports.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { Failure, Skeleton } from '../ui/states.js'
import { type SentRequest, SubmitForm } from '../ui/submit-form.js'
import type { Block } from './block.js'
import { MAX_TITLE } from './report-limits.js'
import { keepSavedReport, saveReport } from './use-save-report.js'
import { writeBlock } from './write-block.js'

interface AddToReportProps {
  readonly block: Block
  readonly onClose: () => void
}

/** Appends a block to a report that the caller may edit, or to a new one. */
export function AddToReport({ block, onClose }: AddToReportProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const reports = useQuery({
    queryKey: queryKeys.editableReports(),
    queryFn: async ({ signal }) =>
      (await allPages((token) => listEditableReports(token, signal))).flatMap((page) => page.reports),
    staleTime: 0,
    gcTime: 0,
  })
  const add = useMutation({
    mutationFn: async ({ id, title }: { readonly id: string; readonly title: string }) => {
      const text = writeBlock(block)
      if (!id) return createReport({ title, content: text, experiment_ids: [block.experiment] })
      const report = await getReport(id) // the last version, also after a conflict
      return saveReport(client, report, report.version, {
        title: report.title,
        content: appended(report.content, text),
      })
    },
    onSuccess: (saved) => keepSavedReport(client, saved),
  })
  return (
    <Dialog title={t('reports.addTitle')} onClose={onClose}>
      {reports.isPending && <Skeleton lines={2} />}
      {reports.isError && <Failure error={reports.error} retry={() => void reports.refetch()} />}
      {reports.data && !add.data && (
        <ReportForm reports={reports.data} request={add} onAdd={add.mutate} onClose={onClose} />
      )}
      {add.data && <Added report={add.data} onClose={onClose} />}
    </Dialog>
  )
}

const appended = (content: string, block: string) =>
  content.trim() ? `${content.trimEnd()}\n\n${block}` : block

interface ReportFormProps {
  readonly reports: readonly ReportSummary[]
  readonly request: SentRequest
  /** Called with an empty id for a new report. */
  readonly onAdd: (report: { readonly id: string; readonly title: string }) => void
  readonly onClose: () => void
}

function ReportForm({ reports, request, onAdd, onClose }: ReportFormProps) {
  const { t } = useTranslation()
  const [id, setId] = useState(reports[0]?.report_id ?? '')
  const [title, setTitle] = useState<string>(t('reports.untitled'))
  return (
    <SubmitForm
      action={t('reports.add')}
      request={request}
      onSubmit={() => onAdd({ id, title: title.trim() })}
      onCancel={onClose}
    >
      <FormField label={t('reports.addTo')}>
        {(attributes) => (
          <select
            {...attributes}
            className="select"
            value={id}
            onChange={({ target }) => setId(target.value)}
          >
            <option value="">{t('reports.addToNew')}</option>
            {reports.map((report) => (
              <option key={report.report_id} value={report.report_id}>
                {report.title}
              </option>
            ))}
          </select>
        )}
      </FormField>
      {!id && (
        <FormField label={t('reports.name')}>
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              required
              pattern=".*\S.*"
              maxLength={MAX_TITLE}
              value={title}
              onChange={({ target }) => setTitle(target.value)}
            />
          )}
        </FormField>
      )}
    </SubmitForm>
  )
}

function Added({ report, onClose }: { readonly report: Report; readonly onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <>
      <div role="status">
        <p>{t('reports.added')}</p>
        <Link to="/reports/$reportId" params={{ reportId: report.report_id }}>
          {report.title}
        </Link>
      </div>
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          {t('common.close')}
        </button>
      </div>
    </>
  )
}
