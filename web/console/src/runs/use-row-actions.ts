import { useMemo, useRef } from 'react'
import type { RunRow } from './row.js'
import type { RunsState } from './use-runs-state.js'

/** Actions of the buttons and keys of rows. The object is stable, so that memoized rows do not render. */
export interface RowActions {
  readonly select: (id: string) => void
  /** Expands or collapses. */
  readonly toggle: (id: string) => void
  readonly eye: (id: string) => void
  readonly pin: (id: string) => void
  readonly colour: (row: RunRow) => void
}

interface RowActionsOptions {
  readonly state: RunsState
  readonly toggle: (id: string) => void
  readonly onColour: (row: RunRow) => void
}

export function useRowActions(options: RowActionsOptions): RowActions {
  const latest = useRef(options)
  latest.current = options
  return useMemo(
    () => ({
      select: (id) => {
        const { selected, setSelected } = latest.current.state
        setSelected(selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id])
      },
      toggle: (id) => latest.current.toggle(id),
      eye: (id) => latest.current.state.toggleEye(id),
      pin: (id) => latest.current.state.togglePin(id),
      colour: (row) => latest.current.onColour(row),
    }),
    [],
  )
}
