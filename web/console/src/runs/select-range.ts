interface RangeOptions {
  readonly selected: readonly string[]
  /** The runs that the table shows, in its order. */
  readonly shown: readonly string[]
  /** The run that was selected or deselected before. */
  readonly anchor: string | undefined
  readonly id: string
}

/** Selects the shown runs between the anchor and a run, or deselects them if that run was selected. Without a shown anchor, that run alone. */
export function selectRange({ selected, shown, anchor, id }: RangeOptions): readonly string[] {
  const [from, to] = [shown.indexOf(anchor ?? id), shown.indexOf(id)]
  const range = from < 0 ? [id] : shown.slice(Math.min(from, to), Math.max(from, to) + 1)
  if (!selected.includes(id)) return [...new Set([...selected, ...range])]
  const deselected = new Set(range)
  return selected.filter((one) => !deselected.has(one))
}
