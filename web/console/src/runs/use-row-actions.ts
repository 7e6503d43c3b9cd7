import { useMemo, useRef } from 'react'
import type { RunRow } from './row.js'
import { selectRange } from './select-range.js'
import type { RunsState } from './use-runs-state.js'

/** Actions of the buttons and keys of rows. The object is stable, so that memoized rows do not render. */
export interface RowActions {
  /** @param isRange selects from the run before up to this one */
  readonly select: (id: string, isRange: boolean) => void
  /** Expands or collapses. */
  readonly toggle: (id: string) => void
  readonly eye: (id: string) => void
  readonly pin: (id: string) => void
  readonly colour: (row: RunRow) => void
}

interface RowActionsOptions {
  readonly state: RunsState
  /** The shown runs, in the order of the table. */
  readonly shown: readonly string[]
  readonly toggle: (id: string) => void
  readonly onColour: (row: RunRow) => void
}

export function useRowActions(options: RowActionsOptions): RowActions {
  const latest = useRef(options)
  latest.current = options
  const anchor = useRef<string>(undefined)
  return useMemo(
    () => ({
      select: (id, isRange) => {
        const { state, shown } = latest.current
        const from = isRange ? anchor.current : undefined
        anchor.current = id
        state.setSelected(selectRange({ selected: state.selected, shown, anchor: from, id }))
      },
      toggle: (id) => latest.current.toggle(id),
      eye: (id) => latest.current.state.toggleEye(id),
      pin: (id) => latest.current.state.togglePin(id),
      colour: (row) => latest.current.onColour(row),
    }),
    [],
  )
}
