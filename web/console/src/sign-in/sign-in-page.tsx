import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { getSignInOptions, signIn } from '../api/account.js'
import { queryKeys } from '../api/query-keys.js'
import { FormField } from '../ui/form-field.js'
import { BeforeSignIn } from './before-sign-in.js'
import { Problem } from './problem.js'
import { returnTo, ssoUrl } from './return-to.js'

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
  const ssoError = SSO_ERRORS.find((known) => known === error)
  return (
    <BeforeSignIn title={t('signIn.title')}>
      {ssoError && <Problem>{t(`signIn.${ssoError}`)}</Problem>}
      <SingleSignOn page={page} />
      <PasswordForm page={page} />
      <details>
        <summary>{t('signIn.withToken')}</summary>
        <TokenForm page={page} />
      </details>
      <p className="muted">{t('signIn.noAccount')}</p>
    </BeforeSignIn>
  )
}

function SingleSignOn({ page }: { page: string }) {
  const { t } = useTranslation()
  const options = useQuery({
    queryKey: queryKeys.signInOptions(),
    queryFn: ({ signal }) => getSignInOptions(signal),
    retry: false,
  })
  const sso = options.data?.sso
  if (!sso) return null
  return (
    <>
      <a className="button primary wide" href={ssoUrl(sso.path, page)}>
        {t('signIn.sso', { name: sso.name })}
      </a>
      <p className="muted">{t('signIn.or')}</p>
    </>
  )
}

function PasswordForm({ page }: { page: string }) {
  const { t } = useTranslation()
  const enter = useSignIn(page)
  const submit = (form: FormData) =>
    enter.mutate({ name: String(form.get('name')), password: String(form.get('password')) })
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        submit(new FormData(event.currentTarget))
      }}
    >
      <FormField label={t('signIn.name')}>
        {(attributes) => (
          <input {...attributes} className="input" name="name" autoComplete="username" required />
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
      <button type="submit" className="button primary wide" disabled={enter.isPending}>
        {t('signIn.submit')}
      </button>
    </form>
  )
}

function TokenForm({ page }: { page: string }) {
  const { t } = useTranslation()
  const enter = useSignIn(page)
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        enter.mutate({ token: String(new FormData(event.currentTarget).get('token')) })
      }}
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
      <button type="submit" className="button wide" disabled={enter.isPending}>
        {t('signIn.submit')}
      </button>
    </form>
  )
}

function useSignIn(page: string) {
  const queries = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: signIn,
    onSuccess: () => {
      queries.clear()
      router.history.replace(page)
    },
  })
}
