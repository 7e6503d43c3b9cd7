import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Account, changePassword } from '../api/account.js'
import { Problem } from '../sign-in/problem.js'
import { FormField } from '../ui/form-field.js'
import { SubmitForm } from '../ui/submit-form.js'

export function Password({ account }: { account: Account }) {
  const { t } = useTranslation()
  const change = useMutation({ mutationFn: changePassword })
  if (!account.has_password) return <p>{t('profile.noPassword')}</p>
  return (
    <SubmitForm
      action={t('profile.change')}
      request={change}
      failure={change.isError && <Problem error={change.error} />}
      onSubmit={(fields, form) => {
        const text = (field: string) => String(fields.get(field))
        const passwords = { current_password: text('current'), new_password: text('new') }
        change.mutate(passwords, { onSuccess: () => form.reset() })
      }}
    >
      <input type="hidden" autoComplete="username" value={account.name} />
      <Field name="current" label={t('profile.current')} autoComplete="current-password" />
      <Field
        name="new"
        label={t('join.password')}
        hint={t('join.passwordHint')}
        autoComplete="new-password"
      />
      {change.isSuccess && <p role="status">{t('profile.changed')}</p>}
    </SubmitForm>
  )
}

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly autoComplete: string
}

function Field({ name, label, hint, autoComplete }: FieldProps) {
  return (
    <FormField label={label} hint={hint}>
      {(attributes) => (
        <input
          {...attributes}
          className="input"
          type="password"
          name={name}
          autoComplete={autoComplete}
          required
        />
      )}
    </FormField>
  )
}
