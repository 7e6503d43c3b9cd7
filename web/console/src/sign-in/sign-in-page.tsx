import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { signIn } from '../api/account.js'
import { Form } from '../ui/form.js'
import { FormField } from '../ui/form-field.js'
import { SubmitButton } from '../ui/submit-button.js'
import { BeforeSignIn } from './before-sign-in.js'
import { PasswordForm } from './password-form.js'
import { Problem } from './problem.js'
import { returnTo } from './return-to.js'
import { SingleSignOn } from './single-sign-on.js'

const SSO_ERRORS = [
  'failed',
  'not_allowed',
  'unknown_person',
  'deactivated',
  'no_name',
  'name_taken',
  'not_linked',
] as const

/** Signs in with name and password, single sign-on or a token, then opens the requested page. */
export function SignInPage() {
  const { t } = useTranslation()
  const { return_to, error } = useSearch({ from: '/sign-in' })
  const page = returnTo(return_to)
  const open = useOpen(page)
  const ssoError = SSO_ERRORS.find((known) => known === error)
  return (
    <BeforeSignIn title={t('signIn.title')}>
      {ssoError && <Problem>{t(`signIn.${ssoError}`)}</Problem>}
      <SingleSignOn page={page} />
      <PasswordForm onSignIn={open} />
      <details>
        <summary>{t('signIn.withToken')}</summary>
        <TokenForm onSignIn={open} />
      </details>
      <p className="muted">{t('signIn.noAccount')}</p>
    </BeforeSignIn>
  )
}

function TokenForm({ onSignIn }: { onSignIn: () => void }) {
  const { t } = useTranslation()
  const enter = useMutation({ mutationFn: signIn, onSuccess: onSignIn })
  return (
    <Form
      className="stack"
      isPending={enter.isPending}
      onSubmit={(fields) => enter.mutate({ token: String(fields.get('token')) })}
    >
      <FormField label={t('signIn.token')} hint={t('signIn.tokenHelp')}>
        {(attributes) => (
          <input
            {...attributes}
            className="input mono"
            name="token"
            type="password"
            autoComplete="off"
            required
          />
        )}
      </FormField>
      {enter.isError && <Problem error={enter.error} />}
      <SubmitButton className="wide" isPending={enter.isPending}>
        {t('signIn.submit')}
      </SubmitButton>
    </Form>
  )
}

/** Opens the requested page as the new user. */
function useOpen(page: string) {
  const queries = useQueryClient()
  const router = useRouter()
  return () => {
    queries.clear()
    router.history.replace(page)
  }
}
