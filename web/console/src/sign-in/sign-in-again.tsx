import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccount } from '../app/use-account.js'
import { Dialog } from '../ui/dialog.js'
import { PasswordForm } from './password-form.js'
import { resume } from './same-user.js'
import { dropRequests, stopAsking, useSessionEnded } from './session-end.js'
import { SingleSignOn } from './single-sign-on.js'

/** Asks to sign in above the open page after its session has ended. The page keeps what was typed into it. */
export function SignInAgain() {
  return useSessionEnded() && <SignInDialog />
}

function SignInDialog() {
  const { t } = useTranslation()
  const router = useRouter()
  const account = useAccount().data
  const queries = useQueryClient()
  useEffect(() => {
    // Single sign-on ends in another tab.
    const onFocus = () => void resume(queries).catch(() => undefined)
    addEventListener('focus', onFocus)
    return () => removeEventListener('focus', onFocus)
  }, [queries])
  return (
    <Dialog title={t('signIn.again')} onClose={stopAsking}>
      <div className="stack">
        <p>{t('signIn.againHelp')}</p>
        <SingleSignOn page="/account" target="_blank" />
        <PasswordForm name={account?.name ?? ''} onSignIn={() => resume(queries)} />
        <button
          type="button"
          className="button ghost"
          onClick={async () => {
            dropRequests()
            const { href } = router.state.location
            await router.navigate({ to: '/sign-in', search: { return_to: href }, replace: true })
            location.reload() // so that nothing of the old user stays in memory
          }}
        >
          {t('account.switch')}
        </button>
      </div>
    </Dialog>
  )
}
