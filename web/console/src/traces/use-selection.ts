import { useCallback, useState } from 'react'
import { flip } from '../ui/flip.js'

interface Selection {
  /** The list that the traces were selected in. */
  readonly list: string
  readonly ids: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

/** The selected traces; none in another list, so that hidden traces are never deleted. */
export const selectedIn = (list: string, selection: Selection) =>
  selection.list === list ? selection.ids : NONE

export const flipIn = (list: string, selection: Selection, id: string): Selection => ({
  list,
  ids: flip(selectedIn(list, selection), id),
})

/** @param list changes with the experiment, the filter and the range */
export function useSelection(list: string) {
  const [selection, setSelection] = useState<Selection>({ list, ids: NONE })
  const toggle = useCallback((id: string) => setSelection((now) => flipIn(list, now, id)), [list])
  const clear = useCallback(() => setSelection({ list, ids: NONE }), [list])
  return { selected: selectedIn(list, selection), toggle, clear }
}
