import { useMutation } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { JobSettings } from '../../api/jobs.js'
import { ErrorMessage } from '../../server-words/server-message.js'
import { SubmitForm } from '../../ui/submit-form.js'
import { TabPanel, Tabs } from '../../ui/tabs.js'
import { CodeEditor, type CodeFormat } from './code-editor.js'
import { FilesEditor } from './files-editor.js'
import type { FormState } from './form-context.js'
import { GeneralFields } from './general-fields.js'
import { withValue } from './path.js'
import { fieldError, type Problems } from './problems.js'
import { ScheduleFields } from './schedule-fields.js'
import { TasksEditor } from './tasks-editor.js'
import '../jobs.css'
import './form.css'

type View = 'form' | CodeFormat
const VIEWS = ['form', 'yaml', 'json'] as const

interface JobFormProps {
  readonly initial: JobSettings
  readonly submitLabel: string
  readonly submit: (settings: JobSettings) => Promise<unknown>
  readonly onCancel: () => void
}

/** Settings of a job as a form, as YAML or as JSON: three views of the same settings. Errors are shown at their fields. */
export function JobForm({ initial, submitLabel, submit, onCancel }: JobFormProps) {
  const { t } = useTranslation()
  const [settings, setSettings] = useState(initial)
  const [view, setView] = useState<View>('form')
  /** A text that is not settings yet keeps its view open. */
  const [unread, setUnread] = useState<string>()
  const save = useMutation({ mutationFn: submit })
  const isCurrent = save.isError && save.variables === settings
  const refused = isCurrent ? fieldError(save.error, settings) : undefined
  const form = useRef<HTMLFormElement>(null)
  const fields = useUnreadFields()
  /** Shows what cannot be read yet instead. */
  const whenRead = (action: () => void) => {
    if (unread !== undefined || fields.unread.size > 0) focusOnProblem(form.current)
    else action()
  }
  useEffect(() => {
    if (save.error) focusOnProblem(form.current)
  }, [save.error])
  return (
    <SubmitForm
      ref={form}
      className="stack job-form"
      noValidate
      action={submitLabel}
      request={save}
      failure={view === 'form' && refused ? null : undefined}
      isReady={unread === undefined}
      onSubmit={() => whenRead(() => save.mutate(settings))}
      onCancel={onCancel}
    >
      <Tabs<View>
        label={t('jobForm.views')}
        value={view}
        tabs={VIEWS.map((value) => ({
          value,
          label: value === 'form' ? t('jobForm.form') : value.toUpperCase(),
        }))}
        onChange={(next) => whenRead(() => setView(next))}
      />
      <TabPanel value={view}>
        {view === 'form' ? (
          <Sections
            settings={settings}
            problems={refused ? withMessage(refused, save.error) : NO_PROBLEMS}
            onChange={setSettings}
            setUnread={fields.setUnread}
          />
        ) : (
          <CodeEditor
            key={view}
            format={view}
            settings={settings}
            problem={unread}
            onChange={(next) => {
              setUnread(undefined)
              setSettings(next)
            }}
            onProblem={setUnread}
          />
        )}
      </TabPanel>
    </SubmitForm>
  )
}

const NO_PROBLEMS: Problems = {}

/** The message of the error at the field that it names. */
const withMessage = (fields: Problems, error: unknown): Problems =>
  Object.fromEntries(Object.keys(fields).map((path) => [path, <ErrorMessage key={path} error={error} />]))

interface SectionsProps {
  readonly settings: JobSettings
  readonly problems: Problems
  readonly onChange: (change: (settings: JobSettings) => JobSettings) => void
  readonly setUnread: FormState['setUnread']
}

function Sections({ settings, problems, onChange, setUnread }: SectionsProps) {
  const form: FormState = {
    settings,
    problems,
    set: (path, value) => onChange((before) => withValue(before, path, value)),
    setUnread,
  }
  return (
    <>
      <GeneralFields form={form} />
      <TasksEditor form={form} />
      <FilesEditor form={form} />
      <ScheduleFields form={form} />
    </>
  )
}

/** The fields whose texts cannot be read. */
function useUnreadFields() {
  const [unread, setFields] = useState<ReadonlySet<string>>(() => new Set())
  const setUnread = useCallback(
    (field: string, isUnread: boolean) =>
      setFields((before) => {
        const next = new Set(before)
        if (isUnread) next.add(field)
        else next.delete(field)
        return next
      }),
    [],
  )
  return { unread, setUnread }
}

/** Moves the focus to the first field with a problem, and opens the folds that hold it. */
function focusOnProblem(form: HTMLFormElement | null) {
  const field = form?.querySelector<HTMLElement>('[aria-invalid=true]')
  for (let fold = field?.closest('details'); fold; fold = fold.parentElement?.closest('details'))
    fold.open = true
  field?.focus()
}
