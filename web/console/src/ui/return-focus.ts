const CONTROL = 'textarea, input:not([type=hidden]), select, button'

/**
 * Remembers the focused control. The result returns the focus to it, or if it was removed with its item of a list,
 * to the next item, to the one before, and in an empty list to the first control around.
 */
export function rememberFocus(): () => void {
  const opener = document.activeElement
  const item = opener?.closest('li, tr')
  const around = (item?.parentElement ?? opener)?.closest('section, dialog, main')
  const neighbours = [opener, item?.nextElementSibling, item?.previousElementSibling]
  return () => {
    if (document.activeElement !== document.body) return
    const [target = around?.querySelector(CONTROL)] = neighbours.filter((element) => element?.isConnected)
    if (!(target instanceof HTMLElement)) return
    if (!target.matches(`a, ${CONTROL}`)) target.tabIndex = -1
    target.focus()
  }
}
