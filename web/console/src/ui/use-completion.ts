import { type KeyboardEvent, useRef, useState } from 'react'

export interface Completion {
  /** The start of the part that a suggestion replaces, up to the caret. */
  readonly from: number
  readonly suggestions: readonly string[]
}

interface CompletionOptions {
  readonly text: string
  readonly setText: (text: string) => void
  /** The caret at which the list was opened; undefined while it is closed. */
  readonly caret: number | undefined
  readonly setCaret: (caret: number | undefined) => void
  readonly completion: Completion | undefined
}

/** The state of a list of suggestions: opened by typing or by the down arrow, closed by Escape, acceptance and blur. */
export function useCompletion({ text, setText, caret, setCaret, completion }: CompletionOptions) {
  const input = useRef<HTMLInputElement>(null)
  const [at, setAt] = useState(-1)
  const { from, suggestions } = completion ?? NONE
  const open = suggestions.length > 0
  const close = () => setCaret(undefined)
  const show = (position: number) => {
    setCaret(position)
    setAt(-1)
  }
  const accept = (suggestion: string) => {
    const gap = from === caret && /[^\s(.]$/.test(text.slice(0, from)) ? ' ' : ''
    const space = suggestion.endsWith('.') ? '' : ' '
    const rest = text.slice(caret).replace(/^ /, '')
    const before = text.slice(0, from) + gap + suggestion + space
    setText(before + rest)
    show(before.length)
    requestAnimationFrame(() => input.current?.setSelectionRange(before.length, before.length))
  }
  const move = (step: number) => setAt((now) => (now + step + suggestions.length) % suggestions.length)
  const onOpenKey = (key: string): boolean => {
    if (key === 'ArrowDown') move(1)
    else if (key === 'ArrowUp') move(at < 0 ? 0 : -1)
    else if (key === 'Escape') close()
    else if (at in suggestions && (key === 'Enter' || key === 'Tab')) accept(suggestions[at]!)
    else return false
    return true
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    if (open) {
      if (onOpenKey(event.key)) event.preventDefault()
    } else if (event.key === 'ArrowDown') {
      show(event.currentTarget.selectionStart ?? text.length)
      event.preventDefault()
    }
  }
  return { input, suggestions, open, at, show, close, accept, onKeyDown }
}

const NONE: Completion = { from: 0, suggestions: [] }
