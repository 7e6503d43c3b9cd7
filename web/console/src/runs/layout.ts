/** The parts of the experiment page that are shown. */
export const LAYOUTS = ['table', 'both', 'charts'] as const
export type Layout = (typeof LAYOUTS)[number]

const LAYOUT = 'cairn.runs-layout'
const SPLIT = 'cairn.runs-split'
const DEFAULT_SPLIT = 46

export const MIN_SPLIT = 20
export const MAX_SPLIT = 80

export const isLayout = (text: string | null | undefined): text is Layout =>
  LAYOUTS.some((layout) => layout === text)

/** The layout chosen last in this browser. */
export function keptLayout(): Layout {
  const kept = localStorage.getItem(LAYOUT)
  return isLayout(kept) ? kept : 'table'
}

export const keepLayout = (layout: Layout) => localStorage.setItem(LAYOUT, layout)

export const withinSplit = (percent: number) => Math.min(MAX_SPLIT, Math.max(MIN_SPLIT, percent))

/** The table's share of the page beside the charts, in percent. */
export function keptSplit(): number {
  const kept = Number(localStorage.getItem(SPLIT) ?? DEFAULT_SPLIT)
  return Number.isFinite(kept) ? withinSplit(kept) : DEFAULT_SPLIT
}

export const keepSplit = (percent: number) => localStorage.setItem(SPLIT, String(percent))
