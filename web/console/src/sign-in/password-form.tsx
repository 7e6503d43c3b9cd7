import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { signIn } from '../api/account.js'
import { Form } from '../ui/form.js'
import { FormField } from '../ui/form-field.js'
import { SubmitButton } from '../ui/submit-button.js'
import { Problem } from './problem.js'
import './sign-in.css'

interface PasswordFormProps {
  /** The name to begin with. */
  readonly name?: string
  /** Called after the sign-in has succeeded. */
  readonly onSignIn: () => unknown
}

/** Signs in with name and password. */
export function PasswordForm({ name, onSignIn }: PasswordFormProps) {
  const { t } = useTranslation()
  const enter = useMutation({ mutationFn: signIn, onSuccess: onSignIn })
  const submit = (form: FormData) =>
    enter.mutate({ name: String(form.get('name')), password: String(form.get('password')) })
  return (
    <Form className="stack" isPending={enter.isPending} onSubmit={submit}>
      <FormField label={t('signIn.name')}>
        {(attributes) => (
          <input
            {...attributes}
            className="input"
            name="name"
            defaultValue={name}
            autoComplete="username"
            required
          />
        )}
      </FormField>
      <FormField label={t('signIn.password')}>
        {(attributes) => (
          <input
            {...attributes}
            className="input"
            name="password"
            type="password"
            autoComplete="current-password"
            required
          />
        )}
      </FormField>
      {enter.isError && <Problem error={enter.error} />}
      <SubmitButton className="primary wide" isPending={enter.isPending}>
        {t('signIn.submit')}
      </SubmitButton>
    </Form>
  )
}
