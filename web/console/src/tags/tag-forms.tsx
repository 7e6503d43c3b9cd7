import { useMutation } from '@tanstack/react-query'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldText } from '../ui/field-text.js'
import { Form } from '../ui/form.js'
import { Failure } from '../ui/states.js'
import { SubmitButton } from '../ui/submit-button.js'
import type { TagChanges } from './tags-panel.js'

const MAX_KEY = 250
const MAX_VALUE = 5000

interface TagValueProps {
  readonly name: string
  readonly value: string
  readonly set: TagChanges['set']
  readonly onClose: () => void
}

/** Changes the value of a tag. Escape cancels. */
export function TagValue({ name, value, set, onClose }: TagValueProps) {
  const { t } = useTranslation()
  const action = useMutation({ mutationFn: (next: string) => set(name, next), onSuccess: onClose })
  /** An input would drop line breaks. */
  const [Field] = useState<'input' | 'textarea'>(() => (value.includes('\n') ? 'textarea' : 'input'))
  return (
    <Form
      className="tag-form"
      isPending={action.isPending}
      onSubmit={(fields) => action.mutate(String(fields.get('value')))}
    >
      <Field
        className="input"
        name="value"
        autoFocus
        maxLength={MAX_VALUE}
        defaultValue={value}
        aria-label={t('tags.valueOf', { name })}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key !== 'Escape') return
          event.preventDefault() // A dialog around the panel stays open.
          onClose()
        }}
      />
      <SubmitButton isPending={action.isPending}>{t('edit.save')}</SubmitButton>
      {action.isError && <Failure error={action.error} />}
    </Form>
  )
}

/** Adds a tag with a new key. */
export function AddTag({ keys, set }: { keys: readonly string[]; set: TagChanges['set'] }) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const action = useMutation({
    mutationFn: (tag: { key: string; value: string }) => set(tag.key, tag.value),
    onSuccess: () => {
      form.current?.reset()
      form.current?.querySelector('input')?.focus()
    },
  })
  return (
    <Form
      ref={form}
      className="tag-form two"
      isPending={action.isPending}
      onSubmit={(fields) =>
        action.mutate({ key: fieldText(fields, 'key'), value: String(fields.get('value')) })
      }
    >
      <input
        className="input"
        name="key"
        required
        pattern=".*\S.*"
        maxLength={MAX_KEY}
        aria-label={t('tags.key')}
        placeholder={t('tags.key')}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) =>
          event.target.setCustomValidity(keys.includes(event.target.value.trim()) ? t('tags.exists') : '')
        }
      />
      <input
        className="input"
        name="value"
        maxLength={MAX_VALUE}
        aria-label={t('tags.value')}
        placeholder={t('tags.value')}
        autoComplete="off"
      />
      <SubmitButton isPending={action.isPending}>{t('tags.add')}</SubmitButton>
      {action.isError && <Failure error={action.error} />}
    </Form>
  )
}
