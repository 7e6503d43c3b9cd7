/** Eight colours told apart by most colour-blind eyes, in both themes; see `tokens.css`. */
const COLOURS = 8
const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [8, 3, 2, 3]]

export interface Pen {
  /** A CSS colour, through the theme's variable. */
  readonly colour: string
  /** Lengths of a line's dashes: colours repeat after eight, dashes tell them apart. */
  readonly dash: readonly number[]
}

export const penOf = (index: number): Pen => ({
  colour: `var(--series-${index % COLOURS})`,
  dash: DASHES[Math.floor(index / COLOURS) % DASHES.length]!,
})

/** A canvas knows no variables: reads the colour as painted now. */
export const paint = (colour: string): string => {
  const name = /var\((--[\w-]+)\)/.exec(colour)?.[1]
  return name ? getComputedStyle(document.documentElement).getPropertyValue(name).trim() : colour
}
