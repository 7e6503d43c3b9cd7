import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { FormField } from '../ui/form-field.js'
import { GranteeInput } from './grantee-input.js'
import './permissions.css'

interface OwnerFormProps {
  readonly securable: { readonly type: string; readonly name: string }
  readonly owner: string
  readonly busy: boolean
  readonly problem: ReactNode
  readonly onChange: (owner: string) => void
}

/** Names another owner. */
export function OwnerForm({ securable, owner, busy, problem, onChange }: OwnerFormProps) {
  const { t } = useTranslation()
  return (
    <details>
      <summary>{t('permissions.changeOwner')}</summary>
      <form
        className="grant-form"
        onSubmit={(event) => {
          event.preventDefault()
          onChange(String(new FormData(event.currentTarget).get('owner')).trim())
        }}
      >
        <FormField
          label={t('permissions.newOwner')}
          hint={t('permissions.ownerIs', { name: owner })}
          problem={problem}
        >
          {(attributes) => <GranteeInput {...attributes} name="owner" securable={securable} />}
        </FormField>
        <button type="submit" className="button" disabled={busy}>
          {t('permissions.changeOwner')}
        </button>
      </form>
    </details>
  )
}
