import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { acceptInvite, lookUpInvite } from '../api/account.js'
import { queryKeys } from '../api/query-keys.js'
import { hasPrivilege, METASTORE } from '../api/rights.js'
import { planTeams } from '../api/teams.js'
import { Form } from '../ui/form.js'
import { FormField } from '../ui/form-field.js'
import { Skeleton } from '../ui/states.js'
import { SubmitButton } from '../ui/submit-button.js'
import { BeforeSignIn } from './before-sign-in.js'
import { Problem } from './problem.js'

/** The page of a one-time link: creates an account, or sets a new password. */
export function JoinPage() {
  const { t } = useTranslation()
  const { code = '' } = useSearch({ from: '/join' })
  const invite = useQuery({
    queryKey: queryKeys.invite(code),
    queryFn: ({ signal }) => lookUpInvite(code, signal),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: code !== '',
  })
  const isReset = invite.data?.purpose === 'reset'
  return (
    <BeforeSignIn title={t(isReset ? 'join.resetTitle' : 'join.title')}>
      {!code && (
        <>
          <p>{t('join.withoutLink')}</p>
          <Link to="/sign-in">{t('join.toSignIn')}</Link>
        </>
      )}
      {invite.isLoading && <Skeleton lines={3} />}
      {invite.isError && (
        <>
          <Problem error={invite.error} />
          <Link to="/sign-in">{t('join.toSignIn')}</Link>
        </>
      )}
      {invite.data && <JoinForm code={code} name={invite.data.name} isReset={isReset} />}
    </BeforeSignIn>
  )
}

function JoinForm({ code, name, isReset }: { code: string; name: string; isReset: boolean }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const router = useRouter()
  const accept = useMutation({
    mutationFn: async (input: Parameters<typeof acceptInvite>[0]) => {
      await acceptInvite(input)
      return (await needsTeams()) ? '/teams' : '/'
    },
    onSuccess: (page) => {
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'invite' }) // this link is used up
      router.history.replace(page)
    },
  })
  const submit = (form: FormData) => {
    const text = (field: string) => String(form.get(field) ?? '')
    accept.mutate({
      code,
      password: text('password'),
      ...(!isReset && { display_name: text('display_name') }),
      ...(!name && { name: text('name') }),
    })
  }
  return (
    <Form className="stack" isPending={accept.isPending} onSubmit={submit}>
      {name ? (
        <p>
          {t('join.for', { name })}
          <input type="hidden" autoComplete="username" value={name} />
        </p>
      ) : (
        <TextField label={t('join.name')} name="name" autoComplete="username" required />
      )}
      {!isReset && <TextField label={t('join.displayName')} name="display_name" autoComplete="name" />}
      <TextField
        label={t('join.password')}
        hint={t('join.passwordHint')}
        name="password"
        type="password"
        autoComplete="new-password"
        required
      />
      {accept.isError && <Problem error={accept.error} />}
      <SubmitButton className="primary wide" isPending={accept.isPending}>
        {t(isReset ? 'join.set' : 'join.create')}
      </SubmitButton>
    </Form>
  )
}

/** Returns whether the caller is an administrator of a server without teams. If that cannot be read, the first page opens. */
async function needsTeams(): Promise<boolean> {
  try {
    if (!(await hasPrivilege(METASTORE, 'MANAGE'))) return false
    return (await planTeams({})).every(({ state }) => state === 'new')
  } catch {
    return false
  }
}

interface TextFieldProps extends React.InputHTMLAttributes<HTMLInputElement> {
  readonly label: string
  readonly hint?: string
}

function TextField({ label, hint, ...input }: TextFieldProps) {
  return (
    <FormField label={label} hint={hint}>
      {(attributes) => <input {...attributes} {...input} className="input" />}
    </FormField>
  )
}
