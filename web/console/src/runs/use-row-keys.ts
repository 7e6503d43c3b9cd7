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
 * Keyboard navigation of a tree grid: besides moving, Space selects, with Shift a range, Enter opens, left and right collapse and expand, P pins, E opens
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
    act: (index, key, _, hasShift) => act({ item: items[index]!, key, hasShift, actions, open }),
  })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    keys.onKeyDown(event)
  }
  return { ...keys, onKeyDown }
}

type Open = (row: RunRow) => void

interface KeyInRow {
  readonly item: GridItem
  readonly key: string
  readonly hasShift: boolean
  readonly actions: RowActions
  readonly open: Open
}

/** @returns whether the key does something in the row */
function act({ item, ...pressed }: KeyInRow): boolean {
  const { key, actions } = pressed
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    if (item.expanded === (key === 'ArrowLeft')) actions.toggle(item.id)
    return true
  }
  if (item.type === 'run') return actOnRun({ item, ...pressed })
  if (key !== 'Enter' && key !== ' ') return false
  if (item.type === 'group') actions.toggle(item.id)
  else item.onMore?.()
  return true
}

function actOnRun({ item, key, hasShift, actions, open }: KeyInRow & { readonly item: RunItem }): boolean {
  const { id, tree } = item
  switch (key) {
    case ' ':
      actions.select(id, hasShift)
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
