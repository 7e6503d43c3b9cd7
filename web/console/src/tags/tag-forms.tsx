import { useMutation } from '@tanstack/react-query'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/states.js'
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
    <form
      className="tag-form"
      onSubmit={(event) => {
        event.preventDefault()
        action.mutate(String(new FormData(event.currentTarget).get('value')))
      }}
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
      <button type="submit" className="button" disabled={action.isPending}>
        {t('edit.save')}
      </button>
      {action.isError && <Failure error={action.error} />}
    </form>
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
    <form
      ref={form}
      className="tag-form two"
      onSubmit={(event) => {
        event.preventDefault()
        const data = new FormData(event.currentTarget)
        action.mutate({ key: String(data.get('key')).trim(), value: String(data.get('value')) })
      }}
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
      <button type="submit" className="button" disabled={action.isPending}>
        {t('tags.add')}
      </button>
      {action.isError && <Failure error={action.error} />}
    </form>
  )
}
