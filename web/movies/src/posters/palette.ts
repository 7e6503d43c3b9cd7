import type { RandomSource } from './seed.js'
import type { PosterColour } from './shape.js'

/** Main and contrasting hue of each genre, in OKLCH degrees. */
const HUES: Readonly<Record<string, readonly [number, number]>> = {
  Action: [32, 85],
  Adventure: [150, 75],
  Animation: [235, 65],
  Children: [200, 95],
  Comedy: [90, 20],
  Crime: [28, 60],
  Documentary: [215, 165],
  Drama: [260, 45],
  Fantasy: [305, 190],
  'Film-Noir': [255, 80],
  Horror: [22, 125],
  IMAX: [240, 190],
  Musical: [350, 80],
  Mystery: [285, 95],
  Romance: [5, 55],
  'Sci-Fi': [265, 195],
  Thriller: [185, 50],
  War: [115, 45],
  Western: [50, 85],
}
const OTHER = [70, 230] as const

type Colors = Readonly<Record<PosterColour, readonly [lightness: number, chroma: number]>>
type Tone = readonly [day: Colors, night: Colors]

/** Light and dark variant of each tone. */
const TONES = {
  pale: [
    { ground: [0.93, 0.035], main: [0.6, 0.16], second: [0.76, 0.13], ink: [0.26, 0.06] },
    { ground: [0.31, 0.045], main: [0.66, 0.15], second: [0.8, 0.12], ink: [0.96, 0.02] },
  ],
  deep: [
    { ground: [0.33, 0.09], main: [0.6, 0.18], second: [0.83, 0.13], ink: [0.97, 0.02] },
    { ground: [0.23, 0.065], main: [0.54, 0.16], second: [0.76, 0.12], ink: [0.95, 0.02] },
  ],
  bright: [
    { ground: [0.74, 0.14], main: [0.42, 0.12], second: [0.93, 0.07], ink: [0.2, 0.05] },
    { ground: [0.46, 0.12], main: [0.28, 0.08], second: [0.86, 0.1], ink: [0.98, 0.015] },
  ],
} satisfies Record<string, Tone>

const ONLY_DEEP = ['Horror', 'Film-Noir', 'Sci-Fi', 'Thriller', 'Mystery']
const NEVER_DEEP = ['Children', 'Comedy', 'Animation']

export type Palette = Readonly<Record<PosterColour, string>>

/** Colours with `light-dark()`, so that they follow the page's `color-scheme`. */
export function paletteOf(genre: string | undefined, random: RandomSource): Palette {
  const [hue, against] = HUES[genre ?? ''] ?? OTHER
  const shift = random.between(-24, 24)
  const [day, night] = TONES[random.pick(tonesOf(genre ?? ''))]
  const color = (paint: PosterColour) => {
    const turned = Math.round((paint === 'second' ? against : hue) + shift + 360) % 360
    const grey = genre === 'Film-Noir' && paint !== 'second' ? 0.25 : 1
    const tint = ({ [paint]: [lightness, chroma] }: Colors) =>
      `oklch(${lightness} ${Math.round(chroma * grey * 1000) / 1000} ${turned})`
    return `light-dark(${tint(day)}, ${tint(night)})`
  }
  return { ground: color('ground'), main: color('main'), second: color('second'), ink: color('ink') }
}

function tonesOf(genre: string): readonly (keyof typeof TONES)[] {
  if (ONLY_DEEP.includes(genre)) return ['deep']
  return NEVER_DEEP.includes(genre) ? ['pale', 'bright'] : ['pale', 'deep', 'bright']
}
