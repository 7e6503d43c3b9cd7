import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { getSignInOptions } from '../api/account.js'
import { queryKeys } from '../api/query-keys.js'
import { ssoUrl } from '../sign-in/return-to.js'

/** Links the account to single sign-on by signing in there; renders nothing on a server without single sign-on. */
export function LinkAccount() {
  const { t } = useTranslation()
  const sso = useQuery({
    queryKey: queryKeys.signInOptions(),
    queryFn: ({ signal }) => getSignInOptions(signal),
    retry: false,
  }).data?.sso
  if (!sso) return null
  return (
    <section className="stack">
      <h2>{t('profile.sso')}</h2>
      <p className="muted">{t('profile.linkHelp')}</p>
      <div>
        <a className="button" href={ssoUrl(sso.path, '/account?tab=password')}>
          {t('profile.link', { name: sso.name })}
        </a>
      </div>
    </section>
  )
}
