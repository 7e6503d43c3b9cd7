import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Account as AccountInfo } from '../api/account.js'
import { isMissing } from '../api/http.js'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { accountPages } from './account-pages.js'
import { useAccount, useSignOut } from './use-account.js'

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
