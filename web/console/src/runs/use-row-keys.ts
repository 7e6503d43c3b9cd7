import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useMemo } from 'react'
import { useGridKeys } from '../ui/use-grid-keys.js'
import type { GridItem, RunItem } from './grid-items.js'
import type { RunRow } from './row.js'
import type { RowActions } from './use-row-actions.js'

interface RowKeys {
  readonly items: readonly GridItem[]
  readonly actions: RowActions
  readonly scrollTo: (index: number) => void
}

/**
 * Keyboard navigation of a tree grid: besides moving, Space selects, Enter opens, left and right collapse and expand, P pins, E opens
 * and closes the eye.
 */
export function useRowKeys({ items, actions, scrollTo }: RowKeys) {
  const navigate = useNavigate()
  const open = ({ info }: RunRow) =>
    void navigate({
      to: '/experiments/$experimentId/runs/$runId',
      params: { experimentId: info.experiment_id, runId: info.run_id },
    })
  const ids = useMemo(() => items.map(({ id }) => id), [items])
  const keys = useGridKeys({
    ids,
    attribute: 'data-row',
    scrollTo,
    act: (index, key) => act(items[index]!, key, actions, open),
  })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    keys.onKeyDown(event)
  }
  return { ...keys, onKeyDown }
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
