import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useCallback, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { getAccount } from '../api/account.js'
import { queryKeys } from '../api/query-keys.js'
import { useAccount } from '../app/account.js'
import { Dialog } from '../ui/dialog.js'
import { PasswordForm } from './password-form.js'
import { noteSignedInAgain, stopAsking, useSessionEnded } from './session-end.js'
import { SingleSignOn } from './single-sign-on.js'

/** Asks to sign in above the open page after its session has ended. The page keeps what was typed into it. */
export function SignInAgain() {
  return useSessionEnded() && <SignInDialog />
}

function SignInDialog() {
  const { t } = useTranslation()
  const router = useRouter()
  const account = useAccount().data
  const resume = useResume()
  useEffect(() => {
    // Single sign-on ends in another tab.
    const onFocus = () => void resume().catch(() => undefined)
    addEventListener('focus', onFocus)
    return () => removeEventListener('focus', onFocus)
  }, [resume])
  return (
    <Dialog title={t('signIn.again')} onClose={stopAsking}>
      <div className="stack">
        <p>{t('signIn.againHelp')}</p>
        <SingleSignOn page="/account" target="_blank" />
        <PasswordForm name={account?.name ?? ''} onSignIn={resume} />
        <button
          type="button"
          className="button ghost"
          onClick={() => {
            stopAsking()
            const { href } = router.state.location
            void router.navigate({ to: '/sign-in', search: { return_to: href }, replace: true })
          }}
        >
          {t('account.switch')}
        </button>
      </div>
    </Dialog>
  )
}

/** Continues the open page for the same user. Another one gets a new page, so that nothing of the first stays in memory. */
function useResume() {
  const queries = useQueryClient()
  const before = useAccount().data?.name
  return useCallback(async () => {
    const account = await getAccount()
    if (account.name !== before) return window.location.reload()
    queries.setQueryData(queryKeys.me(), account)
    noteSignedInAgain()
    await queries.invalidateQueries()
  }, [queries, before])
}
