import {
  type Dispatch,
  type KeyboardEvent,
  type SetStateAction,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react'
import { flip } from '../ui/flip.js'
import type { SpanRow } from './span-tree.js'
import { findByName, spanIdOf, type TreeAction, treeAction } from './tree-keys.js'

interface TreeKeys {
  readonly rows: readonly SpanRow[]
  readonly collapsed: ReadonlySet<string>
  readonly setCollapsed: Dispatch<SetStateAction<ReadonlySet<string>>>
  readonly selected: string
  readonly onSelect: (spanId: string) => void
  readonly scrollTo: (index: number) => void
}

const TYPE_AHEAD_MS = 700

/** Keyboard navigation of a virtual tree with one tab stop. A row that is not rendered yet receives the focus when it appears. */
export function useTreeKeys({ rows, collapsed, setCollapsed, selected, onSelect, scrollTo }: TreeKeys) {
  const [at, setAt] = useState(selected)
  const pendingFocus = useRef<string>(undefined)
  const typeAhead = useTypeAhead()
  const known = rows.findIndex((row) => spanIdOf(row) === at)
  const index = Math.max(0, known >= 0 ? known : rows.findIndex((row) => spanIdOf(row) === selected))
  const toggle = useCallback((id: string) => setCollapsed((now) => flip(now, id)), [setCollapsed])
  const latest = useRef(onSelect)
  latest.current = onSelect
  const select = useCallback((id: string) => {
    setAt(id)
    latest.current(id)
  }, [])
  const apply = (action: TreeAction) => {
    if (action === 'nothing') return
    if ('toggle' in action) toggle(action.toggle)
    else if ('select' in action) select(action.select)
    else if ('expand' in action)
      setCollapsed((now) => new Set([...now].filter((id) => !action.expand.includes(id))))
    else {
      const id = spanIdOf(rows[action.move]!)
      pendingFocus.current = id
      setAt(id)
      scrollTo(action.move)
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target as HTMLElement).matches('[role=treeitem]') || rows.length === 0) return
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const action =
      treeAction(event.key, { rows, index, collapsed }) ??
      (event.key.length === 1 ? typeAhead(event.key, rows, index) : undefined)
    if (!action) return
    apply(action)
    event.preventDefault()
  }
  useEffect(() => {
    if (pendingFocus.current === undefined) return
    const row = document.querySelector<HTMLElement>(`[data-span="${CSS.escape(pendingFocus.current)}"]`)
    if (!row) return
    pendingFocus.current = undefined
    row.focus({ preventScroll: true })
  })
  const current = rows[index] && spanIdOf(rows[index])
  return { current, onKeyDown, select, toggle }
}

/** Letters typed quickly make one text. */
function useTypeAhead() {
  const typed = useRef({ text: '', at: 0 })
  return (letter: string, rows: readonly SpanRow[], index: number): TreeAction => {
    const now = performance.now()
    const isMore = now - typed.current.at < TYPE_AHEAD_MS
    typed.current = { text: (isMore ? typed.current.text : '') + letter.toLowerCase(), at: now }
    const found = findByName(rows, typed.current.text, index + (isMore ? 0 : 1))
    return found < 0 ? 'nothing' : { move: found }
  }
}
