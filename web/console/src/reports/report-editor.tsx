import { useBlocker } from '@tanstack/react-router'
import { type KeyboardEvent, useDeferredValue, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Report } from '../api/reports.js'
import { Form } from '../ui/form.js'
import { FormActions } from '../ui/form-actions.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import { MAX_CONTENT, MAX_TITLE } from './report-limits.js'
import { ReportText } from './report-text.js'
import { useSaveReport } from './use-save-report.js'

const TEMPLATES = {
  chart: '\n```cairn\nexperiment: Default\nruns: 10\nchart: line\ny: loss\n```\n',
  table:
    '\n```cairn\nexperiment: Default\norder: attributes.start_time DESC\ncolumns: [attributes.status, metrics.loss]\n```\n',
} as const

interface ReportEditorProps {
  readonly report: Report
  readonly onClose: () => void
}

/** Edits a report beside its preview. Ctrl+Enter saves. */
export function ReportEditor({ report, onClose }: ReportEditorProps) {
  const { t } = useTranslation()
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const [base, setBase] = useState(report)
  const [title, setTitle] = useState(report.title)
  const [content, setContent] = useState(report.content)
  const isLeaving = useRef(false)
  const isChanged = title !== base.title || content !== base.content
  const isReady = title.trim() !== ''
  const close = () => {
    isLeaving.current = true
    onClose()
  }
  const save = useSaveReport(report, base.version, close)
  useBlocker({
    shouldBlockFn: () => isChanged && !isLeaving.current && !window.confirm(t('reports.discard')),
    enableBeforeUnload: () => isChanged && !isLeaving.current,
  })
  const replace = () => {
    setBase(report)
    save.reset()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit()
  }
  const insert = (kind: keyof typeof TEMPLATES) => {
    const at = field.current?.selectionEnd ?? content.length
    setContent(content.slice(0, at) + TEMPLATES[kind] + content.slice(at))
    field.current?.focus()
  }
  return (
    <Form
      className="report-editor"
      isPending={save.isPending}
      isReady={isReady}
      onKeyDown={onKeyDown}
      onSubmit={() => save.mutate({ title, content })}
    >
      <div className="report-fields">
        <label htmlFor={`${id}-title`}>{t('reports.name')}</label>
        <input
          id={`${id}-title`}
          className="input"
          required
          maxLength={MAX_TITLE}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <div className="report-tools">
          <label htmlFor={`${id}-text`}>{t('reports.text')}</label>
          <button type="button" className="button small" onClick={() => insert('chart')}>
            <Icon name="chart" size={14} />
            {t('reports.insertChart')}
          </button>
          <button type="button" className="button small" onClick={() => insert('table')}>
            <Icon name="table" size={14} />
            {t('reports.insertTable')}
          </button>
        </div>
        <textarea
          id={`${id}-text`}
          ref={field}
          className="input"
          spellCheck={false}
          maxLength={MAX_CONTENT}
          value={content}
          onChange={(event) => setContent(event.target.value)}
        />
        {report.version !== base.version && (
          <p className="notice warn" role="status">
            {t('reports.changed', { name: report.updated_by })}{' '}
            <button type="button" className="button small" onClick={replace}>
              {t('reports.keepMine')}
            </button>
          </p>
        )}
        {save.isError && <Failure error={save.error} />}
        <FormActions
          action={t('edit.save')}
          isPending={save.isPending}
          isReady={isReady}
          onCancel={onClose}
        />
      </div>
      <section className="report-preview" aria-label={t('note.preview')}>
        <ReportText text={useDeferredValue(content)} />
      </section>
    </Form>
  )
}
