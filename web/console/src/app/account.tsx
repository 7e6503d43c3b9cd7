import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Account as AccountInfo, getAccount, signOut } from '../api/account.js'
import { isMissing } from '../api/http.js'
import { queryKeys } from '../api/query-keys.js'
import { forgetVisits } from '../palette/visits.js'
import { noteUser } from '../sign-in/other-tabs.js'
import { keepUser } from '../sign-in/same-user.js'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { accountPages } from './account-pages.js'

const accountQuery = queryOptions({
  queryKey: queryKeys.me(),
  queryFn: async ({ signal, client }) => keepUser(client, await getAccount(signal)),
  staleTime: 60_000,
  retry: false,
})

export const useAccount = () => useQuery(accountQuery)

/** The name under which visits are stored; undefined until known, empty without accounts. Sends no request: pages before sign-in use it. */
export function useVisitor(): string | undefined {
  const { data, error } = useQuery({ ...accountQuery, enabled: false })
  return data?.name ?? (isMissing(error) ? '' : undefined)
}

/** Shows the signed-in user, with a menu. */
export function Account() {
  const account = useAccount()
  if (isMissing(account.error) || !account.data) return null // also where the catalog service is not running
  return <AccountMenu account={account.data} />
}

function AccountMenu({ account }: { account: AccountInfo }) {
  const { t } = useTranslation()
  const name = account.display_name || account.name
  return (
    <Popover
      align="end"
      className="button ghost account"
      name={t('account.signedInAs', { name })}
      label={
        <>
          <Icon name="user" />
          <span className="truncate wide-only">{name}</span>
        </>
      }
    >
      {(close) => (
        <div className="menu">
          <strong>{name}</strong>
          {name !== account.name && <span className="muted">{account.name}</span>}
          <span className="label">{t('account.groups')}</span>
          <Groups account={account} />
          {accountPages(account, t).map(({ path, label }) => (
            <Link key={path} to={path} onClick={close}>
              {label}
            </Link>
          ))}
          {account.session_id ? (
            <SignOut />
          ) : (
            <Link to="/sign-in" onClick={close}>
              {t('account.switch')}
            </Link>
          )}
        </div>
      )}
    </Popover>
  )
}

function Groups({ account }: { account: AccountInfo }) {
  const { t } = useTranslation()
  if (account.groups.length === 0) return <span>{t('account.noGroups')}</span>
  return (
    <ul className="chips">
      {account.groups.map((group) => (
        <li key={group.value} className="chip accent">
          {group.display}
        </li>
      ))}
    </ul>
  )
}

function SignOut() {
  const { t } = useTranslation()
  const leave = useSignOut()
  return (
    <button type="button" className="button" onClick={() => void leave()}>
      {t('account.signOut')}
    </button>
  )
}

/** Ends the session and loads the page again, so that nothing of the old user stays in memory. */
export function useSignOut() {
  const queries = useQueryClient()
  return async (everywhere = false) => {
    const redirect = await signOut(everywhere)
    noteUser(null)
    queries.clear()
    forgetVisits()
    window.location.assign(redirect ?? `${window.location.pathname}#/`)
    if (!redirect) window.location.reload()
  }
}
