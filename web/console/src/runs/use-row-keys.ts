import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { GridItem, RunItem } from './grid-items.js'
import type { RunRow } from './row.js'
import type { RowActions } from './use-row-actions.js'

interface RowKeys {
  readonly items: readonly GridItem[]
  readonly actions: RowActions
  readonly scrollTo: (index: number) => void
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
 * Keyboard navigation of a tree grid: arrow keys move, Space selects, Enter opens, left and right collapse and expand, P pins, E opens
 * and closes the eye. A row that is not rendered yet receives the focus when it appears.
 */
export function useRowKeys({ items, actions, scrollTo }: RowKeys) {
  const navigate = useNavigate()
  const [at, setAt] = useState<string>()
  const pendingFocus = useRef<string>(undefined)
  const current = items.some(({ id }) => id === at) ? at : items[0]?.id
  const open = ({ info }: RunRow) =>
    void navigate({
      to: '/experiments/$experimentId/runs/$runId',
      params: { experimentId: info.experiment_id, runId: info.run_id },
    })
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target as HTMLElement).matches('tbody tr') || current === undefined) return
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const index = items.findIndex(({ id }) => id === current)
    const step = STEP[event.key]
    if (step) {
      const next = Math.min(items.length - 1, Math.max(0, step(index, items.length)))
      pendingFocus.current = items[next]!.id
      setAt(pendingFocus.current)
      scrollTo(next)
    } else if (!act(items[index]!, event.key, actions, open)) return
    event.preventDefault()
  }
  useEffect(() => {
    if (pendingFocus.current === undefined) return
    const row = document.querySelector<HTMLElement>(`tr[data-row="${CSS.escape(pendingFocus.current)}"]`)
    if (!row) return
    pendingFocus.current = undefined
    row.focus({ preventScroll: true })
  })
  return { current, onKeyDown, setAt }
}

type Open = (row: RunRow) => void

/** @returns whether the key does something in the row */
function act(item: GridItem, key: string, actions: RowActions, open: Open): boolean {
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    if (item.expanded === (key === 'ArrowLeft')) actions.toggle(item.id)
    return true
  }
  if (item.type === 'run') return actOnRun(item, key, actions, open)
  if (key !== 'Enter' && key !== ' ') return false
  if (item.type === 'group') actions.toggle(item.id)
  else item.onMore?.()
  return true
}

function actOnRun({ id, tree }: RunItem, key: string, actions: RowActions, open: Open): boolean {
  switch (key) {
    case ' ':
      actions.select(id)
      return true
    case 'p':
      actions.pin(id)
      return true
    case 'e':
      actions.eye(id)
      return true
    case 'Enter':
      open(tree.row)
      return true
    default:
      return false
  }
}
