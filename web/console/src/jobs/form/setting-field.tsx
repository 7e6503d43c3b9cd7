import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormField } from '../../ui/form-field.js'
import type { FormState } from './form-context.js'
import { JobChoice } from './job-choice.js'
import type { Choice, Editor } from './kind-fields.js'
import { type Path, pathText, valueAt } from './path.js'
import { problemsIn } from './problems.js'
import { fromText, OPERATORS, settingOf, toText } from './setting-text.js'

interface SettingFieldProps {
  readonly form: FormState
  readonly path: Path
  readonly label: string
  readonly hint?: string | undefined
  readonly editor: Editor
  readonly placeholder?: string | undefined
  /** Keeps an empty text instead of removing the setting, so that the server reports it if it is required. */
  readonly keepsEmpty?: boolean
}

/** A setting as a labelled control. Text that cannot be parsed stays in the control as a draft, with the reason. */
export function SettingField({
  form,
  path,
  label,
  hint,
  editor,
  placeholder,
  keepsEmpty,
}: SettingFieldProps) {
  const { t } = useTranslation()
  const value = valueAt(form.settings, path)
  const [draft, setDraft] = useState<string>()
  const text = draft ?? toText(value, editor)
  const unread = draft !== undefined && fromText(draft, editor) === undefined
  const problem = unread
    ? t(UNREAD[editor] ?? 'jobForm.notJson')
    : problemsIn(form.problems, pathText(path))[0]
  const { setUnread } = form
  const id = useId()
  useEffect(() => {
    if (!unread) return
    setUnread(id, true)
    return () => setUnread(id, false)
  }, [setUnread, id, unread])
  const endDraft = () => !unread && setDraft(undefined)
  const change = (next: string) => {
    const read = fromText(next, editor)
    setDraft(read === undefined || !isShownAsRead(editor) ? next : undefined)
    if (read === undefined) return
    form.set(path, settingOf(next, read.value, keepsEmpty ?? false))
  }
  return (
    <FormField label={label} hint={hint} problem={problem}>
      {(attributes) => {
        const common = { ...attributes, value: text, placeholder, spellCheck: false }
        const onChange = (event: { target: { value: string } }) => change(event.target.value)
        if (isChoice(editor))
          return (
            <select {...attributes} className="select" value={text} onChange={onChange}>
              {CHOICES[editor].map(([name, label]) => (
                <option key={name} value={name}>
                  {label ?? t(`sweepChoice.${name as 'grid'}`)}
                </option>
              ))}
            </select>
          )
        if (editor === 'job') return <JobChoice {...attributes} value={text} onChange={change} />
        if (editor === 'text' || editor === 'number')
          return (
            <input
              {...common}
              className="input"
              autoComplete="off"
              inputMode={editor === 'number' ? 'numeric' : undefined}
              onChange={onChange}
              onBlur={endDraft}
            />
          )
        const rows = Math.min(14, Math.max(editor === 'code' ? 4 : 2, text.split('\n').length))
        return (
          <textarea {...common} className="input mono" rows={rows} onChange={onChange} onBlur={endDraft} />
        )
      }}
    </FormField>
  )
}

const UNREAD: Partial<Record<Editor, 'jobForm.notNumber' | 'jobForm.notSwept'>> = {
  number: 'jobForm.notNumber',
  swept: 'jobForm.notSwept',
}

/** Values with their labels; those of sweeps are translated. */
const CHOICES: Readonly<Record<Choice, readonly (readonly [value: string, label?: string])[]>> = {
  operator: OPERATORS,
  method: [['grid'], ['random']],
  goal: [['maximize'], ['minimize']],
}

const isChoice = (editor: Editor): editor is Choice => Object.hasOwn(CHOICES, editor)

/** Returns whether the control shows each text that it reads unchanged, so that it needs no draft. */
const isShownAsRead = (editor: Editor) => editor === 'text' || editor === 'code' || isChoice(editor)
