/** Brushed parts of axes, by the scale of the axis. */
export type Intervals = ReadonlyMap<string, readonly (readonly number[])[]>

/** Brushed axes of a card, and the runs within all of them. */
export interface Brush {
  readonly intervals: Intervals
  readonly runIds: readonly string[]
}

/** Brushes by the id of their card. */
export type Brushes = ReadonlyMap<string, Brush>

export const NO_BRUSHES: Brushes = new Map()

/** Returns the same brushes if nothing changes. */
export function putBrush(brushes: Brushes, cardId: string, brush: Brush | undefined): Brushes {
  if (isSame(brushes.get(cardId), brush)) return brushes
  const next = new Map(brushes)
  if (brush) next.set(cardId, brush)
  else next.delete(cardId)
  return next
}

/** The brushes of all cards but one. */
export const brushesBeside = (brushes: Brushes, cardId: string): readonly Brush[] =>
  [...brushes].flatMap(([id, brush]) => (id === cardId ? [] : [brush]))

/** The runs within all brushes; undefined without a brush. */
export function runsWithin(brushes: Iterable<Brush>): ReadonlySet<string> | undefined {
  const [first, ...others] = [...brushes].map(({ runIds }) => new Set(runIds))
  return first && new Set([...first].filter((id) => others.every((ids) => ids.has(id))))
}

export const NO_INTERVALS: Intervals = new Map()

export const areEqual = (one: Intervals, other: Intervals) =>
  JSON.stringify([...one]) === JSON.stringify([...other])

const isSame = (one: Brush | undefined, other: Brush | undefined) =>
  one && other
    ? areEqual(one.intervals, other.intervals) && one.runIds.join() === other.runIds.join()
    : one === other
