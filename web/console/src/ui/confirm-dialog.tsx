import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormDialog } from './form-dialog.js'
import { FormField } from './form-field.js'
import type { SentRequest } from './submit-form.js'

export interface ConfirmDialogProps {
  readonly title: string
  /** The text of the button, a verb. */
  readonly action: string
  readonly request: SentRequest
  /** A name that the user must type, for actions that cannot be undone. */
  readonly typed?: string | undefined
  /** False for actions that take nothing away. */
  readonly isDestructive?: boolean
  readonly onConfirm: () => void
  readonly onClose: () => void
  /** Explains the consequences. */
  readonly children: ReactNode
}

/** Asks before an action, usually before something is deleted. */
export function ConfirmDialog({
  typed,
  isDestructive = true,
  onConfirm,
  children,
  ...dialog
}: ConfirmDialogProps) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  return (
    <FormDialog
      {...dialog}
      isReady={typed === undefined || name === typed}
      isDanger={isDestructive}
      onSubmit={onConfirm}
    >
      <div>{children}</div>
      {typed !== undefined && (
        <FormField label={t('edit.typeName', { name: typed })}>
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              value={name}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </FormField>
      )}
    </FormDialog>
  )
}
