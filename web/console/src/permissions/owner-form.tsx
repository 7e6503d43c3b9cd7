import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldText } from '../ui/field-text.js'
import { Form } from '../ui/form.js'
import { FormField } from '../ui/form-field.js'
import { SubmitButton } from '../ui/submit-button.js'
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
      <Form
        className="grant-form"
        isPending={busy}
        onSubmit={(fields) => onChange(fieldText(fields, 'owner'))}
      >
        <FormField
          label={t('permissions.newOwner')}
          hint={t('permissions.ownerIs', { name: owner })}
          problem={problem}
        >
          {(attributes) => <GranteeInput {...attributes} name="owner" securable={securable} />}
        </FormField>
        <SubmitButton isPending={busy}>{t('permissions.changeOwner')}</SubmitButton>
      </Form>
    </details>
  )
}
