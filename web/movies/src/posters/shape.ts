/** One of the poster's four colours. */
export type PosterColour = 'ground' | 'main' | 'second' | 'ink'

export interface Shape {
  readonly d: string
  readonly fill?: PosterColour
  readonly stroke?: PosterColour
  /** Stroke width. */
  readonly width?: number
  readonly opacity?: number
}

export const WIDTH = 200
export const HEIGHT = 300

export type Point = readonly [x: number, y: number]

const short = (value: number) => Math.round(value * 10) / 10
const at = ([x, y]: Point) => `${short(x)} ${short(y)}`

export const filled = (d: string, fill: PosterColour, opacity?: number): Shape => ({
  d,
  fill,
  ...(opacity !== undefined && { opacity }),
})

export const drawn = (d: string, stroke: PosterColour, width: number, opacity?: number): Shape => ({
  d,
  stroke,
  width,
  ...(opacity !== undefined && { opacity }),
})

export const disc = (x: number, y: number, r: number) =>
  `M${at([x - r, y])}a${short(r)} ${short(r)} 0 1 0 ${short(2 * r)} 0a${short(r)} ${short(r)} 0 1 0 ${short(-2 * r)} 0z`

export const box = (x: number, y: number, width: number, height: number) =>
  `M${at([x, y])}h${short(width)}v${short(height)}h${short(-width)}z`

export const line = (points: readonly Point[]) => `M${points.map(at).join('L')}`
export const polygon = (points: readonly Point[]) => `${line(points)}z`

/** A point on a circle around (x, y). `turn` is the angle as a fraction of a full turn; 0 points right. */
export const around = (x: number, y: number, r: number, turn: number): Point => [
  x + r * Math.cos(turn * 2 * Math.PI),
  y + r * Math.sin(turn * 2 * Math.PI),
]

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
