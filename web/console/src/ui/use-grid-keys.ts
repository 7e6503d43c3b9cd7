import { type KeyboardEvent, useEffect, useRef, useState } from 'react'

interface GridKeys {
  readonly ids: readonly string[]
  /** The attribute of rows that holds their id. */
  readonly attribute: string
  readonly scrollTo: (index: number) => void
  /** Handles another key in a row. @returns whether the key does something */
  readonly act: (index: number, key: string, row: HTMLElement, hasShift: boolean) => boolean
}

const PAGE_ROWS = 15
const STEP: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at) => at + PAGE_ROWS,
  PageUp: (at) => at - PAGE_ROWS,
  Home: () => 0,
  End: (_, count) => count - 1,
}

/**
 * Keyboard navigation of a virtual grid with one tab stop: arrow keys, Page Up and Down, Home and End move. A row that is not
 * rendered yet receives the focus when it appears.
 */
export function useGridKeys({ ids, attribute, scrollTo, act }: GridKeys) {
  const [at, setAt] = useState<string>()
  const pendingFocus = useRef<string>(undefined)
  const current = at !== undefined && ids.includes(at) ? at : ids[0]
  const onKeyDown = (event: KeyboardEvent) => {
    const row = event.target as HTMLElement
    if (!row.matches('tbody tr') || current === undefined) return
    const index = ids.indexOf(current)
    const step = STEP[event.key]
    if (step) {
      const next = Math.min(ids.length - 1, Math.max(0, step(index, ids.length)))
      pendingFocus.current = ids[next]!
      setAt(ids[next]!)
      scrollTo(next)
    } else if (!act(index, event.key, row, event.shiftKey)) return
    event.preventDefault()
  }
  useEffect(() => {
    if (pendingFocus.current === undefined) return
    const row = document.querySelector<HTMLElement>(`tr[${attribute}="${CSS.escape(pendingFocus.current)}"]`)
    if (!row) return
    pendingFocus.current = undefined
    row.focus({ preventScroll: true })
  })
  return { current, onKeyDown, setAt }
}
