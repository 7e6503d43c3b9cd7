import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { SIGNED_OUT } from './api/http.js'
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
import { isBeforeSignIn } from './sign-in/return-to.js'

startTheme()
window.addEventListener(SIGNED_OUT, goToSignIn)
/** The code of the first page. Without it React would show an empty page, and keep that for 300 ms. */
const firstPage = Promise.race([router.load(), new Promise((resolve) => setTimeout(resolve, 1000))])
await Promise.all([startI18n(), !isBeforeSignIn(location.hash.slice(1)) && readFirstPosition(), firstPage])

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={createQueryClient()}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
