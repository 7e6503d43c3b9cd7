import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react'
import type { TreeRow } from './tree.js'
import type { RunsState } from './use-runs-state.js'

interface RowKeys {
  readonly data: readonly TreeRow[]
  readonly collapsed: ReadonlySet<string>
  readonly toggle: (id: string) => void
  readonly state: RunsState
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
 * Keyboard navigation of a tree grid: arrow keys move, Space selects, Enter opens, left and right collapse and expand.
 * A row that is not rendered yet receives the focus when it appears.
 */
export function useRowKeys({ data, collapsed, toggle, state, scrollTo }: RowKeys) {
  const navigate = useNavigate()
  const [at, setAt] = useState<string>()
  const pendingFocus = useRef<string>(undefined)
  const current = data.some(({ row }) => row.info.run_id === at) ? at : data[0]?.row.info.run_id
  const latest = useRef(state)
  latest.current = state
  const select = useCallback((id: string) => {
    const { selected, setSelected } = latest.current
    setSelected(selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id])
  }, [])
  const open = (id: string) => {
    const run = data.find(({ row }) => row.info.run_id === id)!.row.info
    void navigate({
      to: '/experiments/$experimentId/runs/$runId',
      params: { experimentId: run.experiment_id, runId: id },
    })
  }
  const fold = (id: string, close: boolean) => {
    const item = data.find(({ row }) => row.info.run_id === id)!
    if (item.children > 0 && collapsed.has(id) !== close) toggle(id)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target as HTMLElement).matches('tbody tr') || current === undefined) return
    const index = data.findIndex(({ row }) => row.info.run_id === current)
    const step = STEP[event.key]
    if (step) {
      const next = Math.min(data.length - 1, Math.max(0, step(index, data.length)))
      pendingFocus.current = data[next]!.row.info.run_id
      setAt(pendingFocus.current)
      scrollTo(next)
    } else if (event.key === ' ') select(current)
    else if (event.key === 'Enter') open(current)
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') fold(current, event.key === 'ArrowLeft')
    else return
    event.preventDefault()
  }
  useEffect(() => {
    if (pendingFocus.current === undefined) return
    const row = document.querySelector<HTMLElement>(`tr[data-run="${CSS.escape(pendingFocus.current)}"]`)
    if (!row) return
    pendingFocus.current = undefined
    row.focus({ preventScroll: true })
  })
  return { current, onKeyDown, select, setAt }
}
