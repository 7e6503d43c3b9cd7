import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../ui/states.js'
import { CommentField } from './comment-field.js'

interface CommentFormProps {
  readonly label: string
  /** The label of the button that sends. */
  readonly action: string
  /** The text to edit, which is focused; absent for a new comment. */
  readonly initial?: string
  readonly send: (text: string) => Promise<unknown>
  readonly onSent: () => Promise<unknown>
  readonly onCancel?: () => void
}

/** Writes a new comment or edits one. The field is empty after a new one is sent. */
export function CommentForm({ label, action, initial, send, onSent, onCancel }: CommentFormProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(initial ?? '')
  const sending = useMutation({
    mutationFn: () => send(text.trim()),
    onSuccess: () => {
      if (initial === undefined) setText('')
      return onSent()
    },
  })
  const isReady = text.trim() !== '' && !sending.isPending
  const submit = () => void (isReady && sending.mutate())
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <CommentField
        aria-label={label}
        autoFocus={initial !== undefined}
        value={text}
        onChange={setText}
        onSubmit={submit}
      />
      {sending.isError && <Failure error={sending.error} />}
      <div className="actions">
        {onCancel && (
          <button type="button" className="button" onClick={onCancel}>
            {t('common.cancel')}
          </button>
        )}
        <button type="submit" className="button primary" disabled={!isReady}>
          {action}
        </button>
      </div>
    </form>
  )
}
