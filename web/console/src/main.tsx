import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { setAskToSignIn } from './api/http.js'
import './app/tokens.css'
import './app/base.css'
import './ui/ui.css'
import './ui/side-list.css'
import './ui/virtual-table.css'
import './app/shell.css'
import './app/forced-colors.css'
import { createQueryClient } from './app/query-client.js'
import { goToSignIn, router } from './app/routes.js'
import { startTheme } from './app/theme.js'
import { startI18n } from './i18n/start.js'
import { readFirstPosition } from './live/position.js'
import { onUserElsewhere } from './sign-in/other-tabs.js'
import { isBeforeSignIn } from './sign-in/return-to.js'
import { accountIn, resume } from './sign-in/same-user.js'
import { askToSignInAgain, isWaiting } from './sign-in/session-end.js'

const isSignedInPage = () => !isBeforeSignIn(location.hash.slice(1))

startTheme()
const queries = createQueryClient()
setAskToSignIn(async (mayFail) => {
  if (accountIn(queries)?.session_id && isSignedInPage()) return askToSignInAgain(mayFail)
  void goToSignIn()
  return false
})
onUserElsewhere(async (name) => {
  const before = accountIn(queries)?.name
  if (name !== null) {
    if (before !== undefined && (name !== before || isWaiting())) await resume(queries).catch(() => undefined)
    return
  }
  queries.clear()
  if (!isSignedInPage()) return
  await goToSignIn()
  location.reload() // so that nothing of the old user stays in memory
})
/** The code of the first page. Without it React would show an empty page, and keep that for 300 ms. */
const firstPage = Promise.race([router.load(), new Promise((resolve) => setTimeout(resolve, 1000))])
await Promise.all([startI18n(), isSignedInPage() && readFirstPosition(), firstPage])

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
