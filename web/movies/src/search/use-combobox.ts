import { useMemo, useRef, useState } from 'preact/hooks'
import type { Film } from '../films/film.js'
import { createComposition } from './composition.js'

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

interface Combobox {
  readonly input: { readonly current: HTMLInputElement | null }
  readonly query: string
  readonly isOpen: boolean
  readonly active: number
  readonly setActive: (index: number) => void
  readonly open: () => void
  readonly close: () => void
  readonly clear: () => void
  readonly onInput: () => void
  readonly onKeyDown: (event: KeyboardEvent, films: readonly Film[], choose: (film: Film) => void) => void
  readonly composition: ReturnType<typeof createComposition>
}

/**
 * An editable combobox by the ARIA pattern: the focus stays in the input while one option is active.
 * The input is uncontrolled, because writing its value would interrupt IME composition.
 */
export function useCombobox(): Combobox {
  const input = useRef<HTMLInputElement>(null)
  const [query, setQuery] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState(0)
  const composition = useMemo(() => createComposition(requestAnimationFrame), [])
  const close = () => setOpen(false)
  const clear = () => {
    if (input.current) input.current.value = ''
    setQuery('')
    setActive(0)
    setOpen(false)
  }
  const onInput = () => {
    setQuery(input.current?.value ?? '')
    if (!composition.isOpen()) setActive(0)
    setOpen(true)
  }
  const step = (by: number, of: number, altKey: boolean) => {
    if (!isOpen) setOpen(true)
    else if (!altKey) setActive((active + by + of) % of)
  }
  const onKeyDown = (event: KeyboardEvent, films: readonly Film[], choose: (film: Film) => void) => {
    if (composition.owns(event)) return
    const by = STEPS[event.key]
    const film = films[active]
    if (by !== undefined && film) step(by, films.length, event.altKey)
    else if (event.key === 'Enter' && isOpen && film) choose(film)
    else if (event.key === 'Escape') return isOpen ? close() : clear()
    else return
    event.preventDefault()
  }
  return {
    input,
    query,
    isOpen,
    active,
    setActive,
    open: () => setOpen(true),
    close,
    clear,
    onInput,
    onKeyDown,
    composition,
  }
}
