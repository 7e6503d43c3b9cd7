import { lazy, Suspense, useCallback, useState } from 'react'
import { useShortcuts } from './use-shortcuts.js'

const Palette = lazy(async () => ({ default: (await import('../palette/palette.js')).Palette }))
const ShortcutsDialog = lazy(async () => ({
  default: (await import('./shortcuts-dialog.js')).ShortcutsDialog,
}))

type Opened = 'palette' | 'shortcuts' | undefined

/** The palette and the list of shortcuts, which load when they are first opened. */
export function useShellDialogs() {
  const [opened, setOpened] = useState<Opened>()
  const close = () => setOpened(undefined)
  const openPalette = useCallback(() => setOpened('palette'), [])
  const showShortcuts = useCallback(() => setOpened('shortcuts'), [])
  const togglePalette = useCallback(
    () =>
      setOpened((now) =>
        now === 'palette' ? undefined : document.querySelector('dialog[open]') ? now : 'palette',
      ),
    [],
  )
  useShortcuts({ togglePalette, showShortcuts })
  const dialogs = opened && (
    <Suspense>
      {opened === 'palette' ? (
        <Palette
          onClose={() => setOpened((now) => (now === 'palette' ? undefined : now))}
          showShortcuts={showShortcuts}
        />
      ) : (
        <ShortcutsDialog onClose={close} />
      )}
    </Suspense>
  )
  return { openPalette, dialogs }
}
