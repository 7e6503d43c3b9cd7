import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { SubmitButton } from './submit-button.js'

export interface FormActionsProps {
  /** The label of the button that submits, a verb. */
  readonly action: ReactNode
  readonly isPending?: boolean | undefined
  /** False while required input is missing. */
  readonly isReady?: boolean | undefined
  /** True if submitting deletes something. */
  readonly isDanger?: boolean | undefined
  readonly onCancel?: (() => void) | undefined
  /** Further buttons. */
  readonly children?: ReactNode
}

/** The row of buttons that ends a form. */
export function FormActions({ action, isDanger, onCancel, children, ...button }: FormActionsProps) {
  const { t } = useTranslation()
  return (
    <div className="actions">
      {onCancel && (
        <button type="button" className="button" onClick={onCancel}>
          {t('common.cancel')}
        </button>
      )}
      {children}
      <SubmitButton {...button} className={isDanger ? 'danger' : 'primary'}>
        {action}
      </SubmitButton>
    </div>
  )
}
