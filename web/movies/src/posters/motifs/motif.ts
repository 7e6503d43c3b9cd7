import type { RandomSource } from '../seed.js'
import { around, polygon, type Shape, times } from '../shape.js'

/** Draws around the origin, about 100 units wide. */
export type Motif = (random: RandomSource) => readonly Shape[]

export const star = (x: number, y: number, r: number, inner: number, points: number) =>
  polygon(times(points * 2, (i) => around(x, y, i % 2 === 0 ? r : inner, i / (points * 2) - 0.25)))
