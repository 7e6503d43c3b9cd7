const CONTROL = 'textarea, input:not([type=hidden]), select, button'

/**
 * Remembers the focused control. The result returns the focus to it, or if it was removed with its item of a list,
 * to the next item, to the one before, and in an empty list to the first control around.
 */
export function rememberFocus(): () => void {
  const opener = document.activeElement
  const item = opener?.closest('li, tr')
  const neighbours = [opener, item?.nextElementSibling, item?.previousElementSibling]
  const around = regionsAround(item?.parentElement ?? opener)
  return () => {
    if (document.activeElement !== document.body) return
    const isLeft = (element: Element | null | undefined) => element?.isConnected
    const [target = around.find(isLeft)?.querySelector(CONTROL)] = neighbours.filter(isLeft)
    if (!(target instanceof HTMLElement)) return
    if (!target.matches(`a, ${CONTROL}`)) target.tabIndex = -1
    target.focus()
  }
}

/** The innermost first. */
function regionsAround(element: Element | null | undefined): readonly Element[] {
  const region = element?.closest('section, dialog, main, [popover]')
  return region ? [region, ...regionsAround(region.parentElement)] : []
}
