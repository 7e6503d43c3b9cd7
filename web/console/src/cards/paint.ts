import { computedColour } from '../charts/series-style.js'

/** The colours of the theme, resolved for a canvas. */
export interface Paint {
  readonly text: string
  readonly faint: string
  readonly line: string
  readonly surface: string
  readonly accent: string
  readonly good: string
  readonly bad: string
  readonly font: string
  readonly series: readonly string[]
  /** From low to high values; each has the contrast of a line in both themes. */
  readonly ramp: readonly string[]
  readonly resolve: (colour: string) => string
}

const SERIES = 8
const RAMP = 5

const colors = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => computedColour(`var(--${name}-${i})`))

export function currentPaint(): Paint {
  return {
    text: computedColour('var(--text)'),
    faint: computedColour('var(--text-2)'),
    line: computedColour('var(--line)'),
    surface: computedColour('var(--surface)'),
    accent: computedColour('var(--accent)'),
    good: computedColour('var(--ok)'),
    bad: computedColour('var(--bad)'),
    // Quotes would end the attribute of an SVG.
    font: computedColour('var(--font)').replaceAll('"', "'"),
    series: colors('series', SERIES),
    ramp: colors('ramp', RAMP),
    resolve: computedColour,
  }
}
