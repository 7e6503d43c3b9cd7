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
  // The close event of a dialog arrives later, when the other may be open.
  const close = (closed: Opened) => setOpened((now) => (now === closed ? undefined : now))
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
        <Palette onClose={() => close('palette')} showShortcuts={showShortcuts} />
      ) : (
        <ShortcutsDialog onClose={() => close('shortcuts')} />
      )}
    </Suspense>
  )
  return { openPalette, dialogs }
}
