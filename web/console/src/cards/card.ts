export const CARD_KINDS = [
  'line',
  'bar',
  'scatter',
  'parallel',
  'box',
  'histogram',
  'contour',
  'difference',
  'importance',
  'images',
  'plot',
] as const
export type CardKind = (typeof CARD_KINDS)[number]

/** The kinds that read all runs, also those outside of the brushes; the others read those within only. A brush may not change a baseline. */
export const READING_ALL: readonly CardKind[] = ['parallel', 'difference']

/** Options of a card as text, as the URL keeps them. Most have one value. */
export type Options = Readonly<Record<string, readonly string[]>>

/** A number of columns or of rows of the grid. */
export type Extent = 1 | 2 | 3
const MAX_EXTENT = 3

export interface Card {
  /** `c.` and a number for cards that a reader added, `m.` and the metric or another name for default cards. */
  readonly id: string
  readonly kind: CardKind
  /** Name of its section: a prefix of metrics, or any other. */
  readonly section: string
  readonly width: Extent
  readonly height: Extent
  readonly options: Options
}

export const first = (options: Options, key: string): string => options[key]?.[0] ?? ''
export const list = (options: Options, key: string): readonly string[] => options[key] ?? []
export const isSet = (options: Options, key: string): boolean => first(options, key) === 'true'

/** Options with one changed; no values remove it. */
export function withOption(options: Options, key: string, values: readonly string[]): Options {
  const { [key]: _, ...rest } = options
  const kept = values.filter((value) => value !== '')
  return kept.length > 0 ? { ...rest, [key]: kept } : rest
}

export const clampExtent = (extent: number): Extent => Math.min(MAX_EXTENT, Math.max(1, extent)) as Extent
