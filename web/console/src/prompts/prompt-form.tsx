import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelVersion } from '../api/models.js'
import { createPrompt, createPromptVersion } from '../api/prompts.js'
import { queryKeys } from '../api/query-keys.js'
import { chatMessages } from '../traces/chat-messages.js'
import { parseJson } from '../traces/trace-values.js'
import { FormDialog } from '../ui/form-dialog.js'
import { FormField } from '../ui/form-field.js'
import { promptMessages, promptText, variablesOf } from './prompt-text.js'

const NAME = /^[\w.-]+$/

interface PromptFormProps {
  /** The prompt that gets a version; absent to create a prompt. */
  readonly name?: string
  /** The version to start the next one from. */
  readonly base?: ModelVersion | undefined
  readonly onClose: () => void
}

/** The fields of the form, what is wrong with them, and their submission. */
function usePromptDraft({ name: existing, base, onClose }: PromptFormProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const isChat = base !== undefined && promptMessages(base) !== undefined
  const [name, setName] = useState(existing ?? '')
  const [text, setText] = useState(base ? promptText(base) : '')
  const [message, setMessage] = useState('')
  const textProblem = () => {
    if (text.trim() === '') return t('assessmentProblem.required')
    return isChat && !chatMessages(parseJson(text)) ? t('prompts.badChat') : undefined
  }
  const isNamed = existing !== undefined || NAME.test(name)
  const problems = { name: isNamed ? undefined : t('prompts.badName'), text: textProblem() }
  const save = useMutation({
    mutationFn: () =>
      existing === undefined
        ? createPrompt(name, text, message)
        : createPromptVersion(name, text, message, isChat),
    async onSuccess({ version }) {
      for (const key of [queryKeys.prompts(), queryKeys.model(name), queryKeys.versions(name)])
        await queries.invalidateQueries({ queryKey: key })
      onClose()
      await navigate({ to: '/prompts/$name', params: { name }, search: { version } })
    },
  })
  return { isChat, name, setName, text, setText, message, setMessage, problems, save }
}

/** Creates a prompt with its first version, or the next version of a prompt. */
export function PromptForm(props: PromptFormProps) {
  const { t } = useTranslation()
  const draft = usePromptDraft(props)
  const isNew = props.name === undefined
  const [tried, setTried] = useState(false)
  const { name, problems, save } = draft
  return (
    <FormDialog
      title={isNew ? t('prompts.create') : t('prompts.newVersionOf', { name })}
      onClose={props.onClose}
      noValidate
      action={t('common.create')}
      request={save}
      onSubmit={() => {
        setTried(true)
        if (!problems.name && !problems.text) save.mutate()
      }}
    >
      {isNew && (
        <FormField label={t('models.name')} problem={tried ? problems.name : undefined}>
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              autoComplete="off"
              spellCheck={false}
              value={name}
              onChange={(event) => draft.setName(event.target.value)}
            />
          )}
        </FormField>
      )}
      <TemplateField draft={draft} problem={tried ? problems.text : undefined} />
      <FormField label={t('prompts.message')}>
        {(attributes) => (
          <input
            {...attributes}
            className="input"
            maxLength={5_000}
            autoComplete="off"
            value={draft.message}
            onChange={(event) => draft.setMessage(event.target.value)}
          />
        )}
      </FormField>
    </FormDialog>
  )
}

interface TemplateFieldProps {
  readonly draft: ReturnType<typeof usePromptDraft>
  readonly problem: string | undefined
}

function TemplateField({ draft: { isChat, text, setText }, problem }: TemplateFieldProps) {
  const { t } = useTranslation()
  const variables = variablesOf(text)
  const hint =
    variables.length > 0
      ? t('prompts.variables', { names: variables.join(', ') })
      : t('prompts.templateHint', { open: '{{', close: '}}' })
  return (
    <FormField label={isChat ? t('prompts.messages') : t('prompts.template')} hint={hint} problem={problem}>
      {(attributes) => (
        <textarea
          {...attributes}
          className="input mono"
          rows={9}
          maxLength={100_000}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </FormField>
  )
}
