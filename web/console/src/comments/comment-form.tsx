import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { SubmitForm } from '../ui/submit-form.js'
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
  const [text, setText] = useState(initial ?? '')
  const sending = useMutation({
    mutationFn: () => send(text.trim()),
    onSuccess: () => {
      if (initial === undefined) setText('')
      return onSent()
    },
  })
  return (
    <SubmitForm
      action={action}
      request={sending}
      isReady={text.trim() !== ''}
      onSubmit={() => sending.mutate()}
      onCancel={onCancel}
    >
      <CommentField aria-label={label} autoFocus={initial !== undefined} value={text} onChange={setText} />
    </SubmitForm>
  )
}
