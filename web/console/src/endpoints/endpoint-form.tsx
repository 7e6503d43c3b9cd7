import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorMessage } from '../server-words/server-message.js'
import { FormField } from '../ui/form-field.js'
import { SubmitForm } from '../ui/submit-form.js'
import type { DraftEntity } from './draft.js'
import { fieldError, type Problems, problemsOf } from './draft-problems.js'
import { EntitiesEditor } from './entities-editor.js'
import type { SettingsDraft } from './settings-draft.js'
import { SettingsFields } from './settings-fields.js'

export interface EndpointDraft {
  /** Undefined if it cannot be changed. */
  readonly name: string | undefined
  readonly entities: readonly DraftEntity[]
  readonly settings: SettingsDraft
}

interface EndpointFormProps {
  readonly initial: EndpointDraft
  readonly submitLabel: string
  readonly submit: (draft: EndpointDraft) => Promise<unknown>
  /** Prevents submitting. */
  readonly blocked?: boolean
  readonly onCancel: () => void
  /** The consequences of the draft, above the buttons. */
  readonly children?: (draft: EndpointDraft) => ReactNode
}

/** Problems appear after the first attempt to submit, beside their fields; so do errors of the server that name a field. */
export function EndpointForm({ initial, submit, onCancel, ...props }: EndpointFormProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(initial)
  const [attempts, setAttempts] = useState(0)
  const save = useMutation({ mutationFn: submit })
  const own = problemsOf(draft.entities, draft.name)
  const isCurrent = save.isError && save.variables === draft
  const refused = isCurrent ? fieldError(save.error) : undefined
  const shown = Object.entries(attempts > 0 ? own : {}).map(([field, key]) => [field, t(`problem.${key}`)])
  const problems: Problems<ReactNode> = { ...withMessage(refused, save.error), ...Object.fromEntries(shown) }
  const form = useFocusOnProblem(attempts, save.error)
  return (
    <SubmitForm
      ref={form}
      noValidate
      action={props.submitLabel}
      request={save}
      failure={refused ? null : undefined}
      isReady={!props.blocked}
      onSubmit={() => {
        setAttempts(attempts + 1)
        if (Object.keys(own).length === 0) save.mutate(draft)
      }}
      onCancel={onCancel}
    >
      {draft.name !== undefined && (
        <NameField
          value={draft.name}
          problem={problems.name}
          onChange={(name) => setDraft({ ...draft, name })}
        />
      )}
      <EntitiesEditor
        entities={draft.entities}
        problems={problems}
        onChange={(entities) => setDraft({ ...draft, entities })}
      />
      <SettingsFields
        settings={draft.settings}
        problems={problems}
        onChange={(settings) => setDraft({ ...draft, settings })}
      />
      {props.children?.(draft)}
    </SubmitForm>
  )
}

/** The message of the error at the field that it names. */
const withMessage = (fields: Problems<string> | undefined, error: unknown) =>
  Object.fromEntries(
    Object.keys(fields ?? {}).map((field) => [field, <ErrorMessage key={field} error={error} />]),
  )

interface NameFieldProps {
  readonly value: string
  readonly problem: ReactNode
  readonly onChange: (name: string) => void
}

function NameField({ value, problem, onChange }: NameFieldProps) {
  const { t } = useTranslation()
  return (
    <div className="panel">
      <div className="body">
        <FormField label={t('endpointForm.name')} hint={t('endpointForm.nameHint')} problem={problem}>
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              autoComplete="off"
              spellCheck={false}
              maxLength={255}
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </FormField>
      </div>
    </div>
  )
}

/** Moves the focus to the first invalid field after each attempt. */
function useFocusOnProblem(attempts: number, error: Error | null) {
  const form = useRef<HTMLFormElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs after each attempt and response
  useEffect(() => {
    if (attempts > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [attempts, error])
  return form
}
