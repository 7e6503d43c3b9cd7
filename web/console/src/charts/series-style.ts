/** Eight colours that most colour-blind users can distinguish, in both themes; see `tokens.css`. */
const COLOURS = 8
const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [8, 3, 2, 3]]

export interface SeriesStyle {
  /** A CSS variable of the theme. */
  readonly colour: string
  /** Dash lengths, which distinguish series once the colours repeat. */
  readonly dash: readonly number[]
}

export const seriesStyle = (index: number): SeriesStyle => ({
  colour: `var(--series-${index % COLOURS})`,
  dash: DASHES[Math.floor(index / COLOURS) % DASHES.length]!,
})

/** The same colour with other dashes. @param index 0 for a solid line */
export const withDash = ({ colour }: SeriesStyle, index: number): SeriesStyle => ({
  colour,
  dash: DASHES[index % DASHES.length]!,
})

/** Resolves a CSS variable, which a canvas cannot use. */
export const computedColour = (colour: string): string => {
  const name = /var\((--[\w-]+)\)/.exec(colour)?.[1]
  return name ? getComputedStyle(document.documentElement).getPropertyValue(name).trim() : colour
}
