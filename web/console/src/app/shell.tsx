import { Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '../live/use-live.js'
import { Brand, Navigation } from './navigation.js'
import { TopBarEnd } from './top-bar.js'

export function Shell() {
  const { t } = useTranslation()
  const main = useRef<HTMLElement>(null)
  useFocusOnNavigation(main)
  useLive()
  return (
    <div className="shell">
      {/* Not a link: the fragment of the address belongs to the router. */}
      <button type="button" className="skip-link button primary" onClick={() => main.current?.focus()}>
        {t('shell.skip')}
      </button>
      <header className="top-bar">
        <Brand />
        <Navigation />
        <TopBarEnd />
      </header>
      <main ref={main} tabIndex={-1} className="main">
        <Outlet />
      </main>
    </div>
  )
}

/** A new page is read from its top: the focus goes to the content, as after a full page load. */
function useFocusOnNavigation(main: React.RefObject<HTMLElement | null>) {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const before = useRef(path)
  useEffect(() => {
    if (before.current !== undefined && before.current !== path) main.current?.focus({ preventScroll: true })
    before.current = path
  }, [path, main])
}
