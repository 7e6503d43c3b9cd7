import { type KeyboardEvent, useEffect, useRef, useState } from 'react'

interface ListKeys {
  readonly ids: readonly string[]
  /** The attribute of rows that holds their id. */
  readonly attribute: string
  readonly scrollTo: (index: number) => void
  readonly onSelect: ((id: string) => void) | undefined
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
 * Keyboard navigation of a virtual grid with one tab stop: arrow keys move, Space selects, Enter follows the link of the row.
 * A row that is not rendered yet receives the focus when it appears.
 */
export function useListKeys({ ids, attribute, scrollTo, onSelect }: ListKeys) {
  const [at, setAt] = useState<string>()
  const pendingFocus = useRef<string>(undefined)
  const current = at !== undefined && ids.includes(at) ? at : ids[0]
  const onKeyDown = (event: KeyboardEvent) => {
    const row = event.target as HTMLElement
    if (!row.matches('tbody tr') || current === undefined) return
    const step = STEP[event.key]
    if (step) {
      const next = Math.min(ids.length - 1, Math.max(0, step(ids.indexOf(current), ids.length)))
      pendingFocus.current = ids[next]!
      setAt(ids[next]!)
      scrollTo(next)
    } else if (event.key === ' ') onSelect?.(current)
    else if (event.key === 'Enter') row.querySelector('a')?.click()
    else return
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
