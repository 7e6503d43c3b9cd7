import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { focusFilter } from './focus-filter.js'
import { GO_TO, type GoKey, isSlash, isTyping, letterOf, opensPalette } from './shortcut-keys.js'
import { hasSingleKeys } from './single-keys.js'

/** The second key of `g e` follows within this time. */
const SEQUENCE_MS = 1_500

interface Shortcuts {
  readonly togglePalette: () => void
  readonly showShortcuts: () => void
}

/** Shortcuts of all pages. Keys in a field or an open dialog are ignored. */
export function useShortcuts({ togglePalette, showShortcuts }: Shortcuts) {
  const { history } = useRouter()
  useEffect(() => {
    const pageOf = goSequence()
    /** @returns whether the key is a shortcut */
    const pressed = (event: KeyboardEvent): boolean => {
      const page = pageOf(event)
      if (page !== undefined) history.push(page)
      else if (event.key === '?') showShortcuts()
      else return isSlash(event) && focusFilter()
      return true
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      if (opensPalette(event)) {
        event.preventDefault()
        togglePalette()
      } else if (isForPage(event) && pressed(event)) event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [history, togglePalette, showShortcuts])
}

const isForPage = ({ ctrlKey, metaKey, altKey, target }: KeyboardEvent) =>
  !(ctrlKey || metaKey || altKey || isTyping(target)) &&
  document.querySelector('dialog[open]') === null &&
  hasSingleKeys()

/** Returns the page of the second key of a sequence. */
function goSequence() {
  let until = 0
  return (event: KeyboardEvent): string | undefined => {
    const letter = letterOf(event)
    const isSecond = event.timeStamp < until
    until = 0
    if (isSecond && letter !== undefined && Object.hasOwn(GO_TO, letter)) return `/${GO_TO[letter as GoKey]}`
    if (letter === 'g' && !event.repeat) until = event.timeStamp + SEQUENCE_MS
    return undefined
  }
}
