import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from './dialog.js'
import { FormField } from './form-field.js'
import { Failure } from './states.js'

interface ConfirmDialogProps {
  readonly title: string
  /** The text of the button, a verb. */
  readonly action: string
  readonly busy: boolean
  readonly error: unknown
  /** A name that the user must type, for actions that cannot be undone. */
  readonly typed?: string
  readonly onConfirm: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Asks before something is deleted. */
export function ConfirmDialog({ title, typed, children, ...props }: ConfirmDialogProps) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  return (
    <Dialog title={title} onClose={props.onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          props.onConfirm()
        }}
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
        {props.error ? <Failure error={props.error} /> : null}
        <div className="actions">
          <button type="button" className="button" onClick={props.onClose}>
            {t('common.cancel')}
          </button>
          <button
            type="submit"
            className="button danger"
            disabled={props.busy || (typed !== undefined && name !== typed)}
          >
            {props.action}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
