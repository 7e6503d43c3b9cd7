import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { Account } from './api/account.js'
import { setAskToSignIn } from './api/http.js'
import { queryKeys } from './api/query-keys.js'
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
import { onSignOutElsewhere } from './sign-in/other-tabs.js'
import { isBeforeSignIn } from './sign-in/return-to.js'
import { askToSignInAgain } from './sign-in/session-end.js'

startTheme()
const queries = createQueryClient()
setAskToSignIn(async (mayFail) => {
  const account = queries.getQueryData<Account>(queryKeys.me())
  if (account?.session_id && !isBeforeSignIn(location.hash.slice(1))) return askToSignInAgain(mayFail)
  goToSignIn()
  return false
})
onSignOutElsewhere(() => {
  queries.clear()
  goToSignIn()
})
/** The code of the first page. Without it React would show an empty page, and keep that for 300 ms. */
const firstPage = Promise.race([router.load(), new Promise((resolve) => setTimeout(resolve, 1000))])
await Promise.all([startI18n(), !isBeforeSignIn(location.hash.slice(1)) && readFirstPosition(), firstPage])

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
