import { useMemo, useSyncExternalStore } from 'react'
import { COLOUR } from './column-keys.js'
import { defaultColour, THEME_COLOURS } from './default-colours.js'
import type { RunRow } from './row.js'
import { keptColours, onColoursChange } from './run-colours.js'

/** The colour of a run, and whether charts show it. */
export interface RunAppearance {
  readonly color: string
  readonly visible: boolean
}

/** The number of first runs that charts show unless toggled. */
export const EYES = { first10: 10, first20: 20, all: Number.POSITIVE_INFINITY, none: 0 } as const
export type Eyes = keyof typeof EYES

export const isEyes = (text: string | undefined): text is Eyes => text !== undefined && text in EYES

/** A colour of the theme or `#rrggbb`; anything else could carry other CSS. */
export const isColour = (text: string | undefined): text is string =>
  text !== undefined && (/^#[0-9a-f]{6}$/i.test(text) || THEME_COLOURS.includes(text))

/** The colour chosen in this browser, or else for everybody by a tag, or else the default. */
export function colourOf(row: RunRow, kept: ReadonlyMap<string, string>): string {
  const shared = row.tags.get(COLOUR)
  return kept.get(row.info.run_id) ?? (isColour(shared) ? shared : defaultColour(row.info))
}

export interface AppearanceOptions {
  readonly eyes: Eyes
  /** Runs whose eye was toggled. */
  readonly toggled: ReadonlySet<string>
  /** Runs before the loaded ones. */
  readonly skipped: number
}

export type Appearances = ReadonlyMap<string, RunAppearance>

/** The appearance of the loaded runs by id. */
export function useAppearances(
  rows: readonly RunRow[],
  { eyes, toggled, skipped }: AppearanceOptions,
): Appearances {
  const kept = useSyncExternalStore(onColoursChange, keptColours)
  return useMemo(
    () =>
      new Map(
        rows.map((row, i) => {
          const open = skipped + i < EYES[eyes]
          const visible = toggled.has(row.info.run_id) ? !open : open
          return [row.info.run_id, { color: colourOf(row, kept), visible }]
        }),
      ),
    [rows, eyes, toggled, skipped, kept],
  )
}
