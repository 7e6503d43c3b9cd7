import { useEffect } from 'react'
import { rememberFocus } from './return-focus.js'

const isLost = () => document.activeElement === document.body || document.activeElement === null
const currentPage = () => location.hash.split('?')[0]
/** The rows of virtual tables are removed while they scroll. */
const VIRTUAL = '[aria-rowcount]'

/**
 * Gives the focus back to a control that was disabled during a request, and moves it from a removed control to the next one. Browsers
 * drop it, so that the keyboard and screen readers continue at the top of the page. Does nothing after a click or a touch.
 */
export function useKeepFocus() {
  useEffect(() => {
    let focused: HTMLElement | undefined
    let page = currentPage()
    let moveOn = () => {}
    const onFocus = ({ target }: FocusEvent) => {
      const isKept =
        target instanceof HTMLElement && target.matches(':focus-visible') && !target.closest(VIRTUAL)
      focused = isKept ? target : undefined
      page = currentPage()
      moveOn = rememberFocus()
    }
    const onBlur = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget) return
      // Browsers differ in whether a removed or disabled control loses the focus by an event.
      queueMicrotask(() => {
        if (isLost() && focused?.isConnected && !focused.matches(':disabled')) focused = undefined
      })
    }
    const restore = () => {
      if (!focused || !isLost()) return
      if (page !== currentPage())
        focused = undefined // the next page receives the focus
      else if (!focused.isConnected) moveOn()
      else if (!focused.matches(':disabled')) focused.focus({ preventScroll: true })
    }
    // Later than a dialog that returns the focus to the control that opened it.
    const watcher = new MutationObserver(() => queueMicrotask(restore))
    document.addEventListener('focusin', onFocus)
    document.addEventListener('focusout', onBlur)
    watcher.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] })
    return () => {
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('focusout', onBlur)
      watcher.disconnect()
    }
  }, [])
}
