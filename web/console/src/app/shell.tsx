import { Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { RequestAccessForm } from '../access/request-access.js'
import { useLive } from '../live/use-live.js'
import { useShellDialogs } from '../shortcuts/use-shell-dialogs.js'
import { isBeforeSignIn } from '../sign-in/return-to.js'
import { SignInAgain } from '../sign-in/sign-in-again.js'
import { useKeepFocus } from '../ui/use-keep-focus.js'
import { Brand, Navigation } from './navigation.js'
import { PaletteButton } from './palette-button.js'
import { TopBarEnd } from './top-bar.js'

/** The shell around all pages except those before sign-in. */
export function Frame() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  useKeepFocus()
  return isBeforeSignIn(path) ? <Outlet /> : <Shell />
}

function Shell() {
  const { t } = useTranslation()
  const main = useRef<HTMLElement>(null)
  useFocusOnNavigation(main)
  const { openPalette, dialogs } = useShellDialogs()
  useLive()
  return (
    <div className="shell">
      {/* Not a link: the router uses the URL fragment. */}
      <button type="button" className="skip-link button primary" onClick={() => main.current?.focus()}>
        {t('shell.skip')}
      </button>
      <header className="top-bar">
        <Brand />
        <Navigation />
        <PaletteButton onOpen={openPalette} />
        <TopBarEnd />
      </header>
      <main ref={main} tabIndex={-1} className="main">
        <Outlet />
      </main>
      <RequestAccessForm />
      <SignInAgain />
      {dialogs}
    </div>
  )
}

/** Moves the focus to the content after navigation, so that screen readers read the new page from its top. */
function useFocusOnNavigation(main: React.RefObject<HTMLElement | null>) {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const before = useRef(path)
  useEffect(() => {
    const isNew = before.current !== undefined && before.current !== path
    if (isNew && !isInMenu(document.activeElement)) main.current?.focus({ preventScroll: true })
    before.current = path
  }, [path, main])
}

/** Returns whether the user has opened a menu while the page was loading. */
const isInMenu = (focused: Element | null) => focused?.closest('[popover], [aria-expanded=true]') != null
