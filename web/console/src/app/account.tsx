import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isMissing, RequestError } from '../api/http.js'
import { getMe, type Me } from '../api/me.js'
import { queryKeys } from '../api/query-keys.js'
import { bearer, signIn, signOut } from '../api/session.js'
import { Dialog } from '../ui/dialog.js'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'

export const useMe = () =>
  useQuery({
    queryKey: queryKeys.me(),
    queryFn: ({ signal }) => getMe(signal),
    staleTime: 60_000,
    retry: false,
  })

/** The signed-in principal and its groups, or a sign-in button if the server requires a token. */
export function Account() {
  const { t } = useTranslation()
  const me = useMe()
  const [signingIn, setSigningIn] = useState(false)
  const refused = me.error instanceof RequestError && me.error.status === 401
  if (isMissing(me.error)) return null // the catalog service is not running
  return (
    <>
      {refused ? (
        <button type="button" className="button primary" onClick={() => setSigningIn(true)}>
          {t('account.signIn')}
        </button>
      ) : (
        me.data && <AccountMenu me={me.data} onSwitch={() => setSigningIn(true)} />
      )}
      {signingIn && <SignIn onClose={() => setSigningIn(false)} />}
    </>
  )
}

function AccountMenu({ me, onSwitch }: { me: Me; onSwitch: () => void }) {
  const { t } = useTranslation()
  const name = me.displayName || me.userName
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
          {name !== me.userName && <span className="muted">{me.userName}</span>}
          <span className="label">{t('account.groups')}</span>
          <Groups me={me} />
          <button
            type="button"
            className="button"
            onClick={() => {
              close()
              onSwitch()
            }}
          >
            {t('account.switch')}
          </button>
          {bearer() && <SignOut onDone={close} />}
        </div>
      )}
    </Popover>
  )
}

function Groups({ me }: { me: Me }) {
  const { t } = useTranslation()
  const groups = (me.groups ?? []).map((group) => group.display ?? group.value ?? '')
  if (groups.length === 0) return <span>{t('account.noGroups')}</span>
  return (
    <ul className="chips">
      {groups.map((group) => (
        <li key={group} className="chip accent">
          {group}
        </li>
      ))}
    </ul>
  )
}

function SignOut({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const leave = () => {
    signOut()
    onDone()
    void queries.resetQueries()
  }
  return (
    <button type="button" className="button" onClick={leave}>
      {t('account.signOut')}
    </button>
  )
}

function SignIn({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const enter = (form: FormData) => {
    signIn(String(form.get('token')))
    onClose()
    void queries.resetQueries()
  }
  return (
    <Dialog title={t('account.signIn')} onClose={onClose}>
      <form action={enter} className="stack">
        <p className="muted">{t('account.signInHelp')}</p>
        <label className="field">
          <span>{t('account.token')}</span>
          <input className="input mono" name="token" type="password" autoComplete="off" required />
        </label>
        <div className="actions">
          <button type="submit" className="button primary">
            {t('account.signIn')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
