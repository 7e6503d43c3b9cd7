import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { getSignInOptions } from '../api/account.js'
import { queryKeys } from '../api/query-keys.js'
import { ssoUrl } from './return-to.js'

interface SingleSignOnProps {
  /** The page to open afterwards. */
  readonly page: string
  /** `_blank` keeps the open page. */
  readonly target?: '_blank'
}

/** A link to the identity provider; nothing where none is configured. */
export function SingleSignOn({ page, target }: SingleSignOnProps) {
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
      <a className="button primary wide" href={ssoUrl(sso.path, page)} target={target}>
        {t('signIn.sso', { name: sso.name })}
      </a>
      <p className="muted">{t('signIn.or')}</p>
    </>
  )
}
