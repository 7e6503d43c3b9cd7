import type { Film } from '../films/film.js'
import { backdropOf } from './backdrops.js'
import { type Lettering, letteringOf } from './lettering.js'
import { genresByWeight, motifOf } from './motifs/motif-of.js'
import { type Palette, paletteOf } from './palette.js'
import { createRandom, hash } from './seed.js'
import { HEIGHT, type Point, type Shape, WIDTH } from './shape.js'

/** The parts of a generated poster, which `Poster` draws. */
export interface Art {
  readonly palette: Palette
  readonly backdrop: readonly Shape[]
  readonly motif: readonly Shape[]
  /** Position and scale of the motif. */
  readonly focus: Point
  readonly scale: number
  readonly title: Lettering & { readonly top: number; readonly style: string; readonly isCaps: boolean }
  readonly genre: string | undefined
}

const MARGIN = 18
const TITLE_WIDTH = WIDTH - 2 * MARGIN
const TITLE_HEIGHT = 92
const TOP = 26
const BOTTOM = HEIGHT - 34

/** The lamp hangs from the top edge. */
const TITLE_BELOW = ['Film-Noir']

/**
 * The poster of a film, deterministic in its key, year and genres.
 *
 * @param shown the title in the UI language; it affects only the lettering
 */
export function artOf(film: Pick<Film, 'key' | 'title' | 'year' | 'genres'>, shown = film.title): Art {
  const { key, title, year, genres } = film
  const random = createRandom(hash(`${key}:${year ?? ''}`))
  const [genre] = genresByWeight(genres)
  const palette = paletteOf(genre, random)
  const isTitleOnTop = random.pick([false, false, true]) && !TITLE_BELOW.includes(genre ?? '')
  const style = styleOf(year)
  const isCaps = style !== 'book' && random.pick([true, false])
  const lettering = (text: string) =>
    letteringOf(isCaps ? text.toUpperCase() : text, TITLE_WIDTH, TITLE_HEIGHT)
  const { middle, height } = roomBeside(lettering(title), isTitleOnTop)
  const focus: Point = [random.pick([84, 100, 116]), middle]
  return {
    palette,
    backdrop: backdropOf(year, { random, focus, isTitleOnTop }),
    motif: motifOf(genre, random),
    focus,
    scale: Math.min(random.pick([1.1, 1.2, 1.35]), height / 136),
    title: {
      ...lettering(shown),
      top: isTitleOnTop ? TOP : BOTTOM,
      style: isTitleOnTop ? `${style} top` : style,
      isCaps,
    },
    genre,
  }
}

/** Centre of the area that the title leaves for the motif. */
function roomBeside({ lines, size, subtitle }: Lettering, isTitleOnTop: boolean) {
  const taken = lines.length * size * 1.08 + (subtitle ? 14 : 0)
  const [from, to] = isTitleOnTop ? [TOP + taken, HEIGHT - 26] : [6, BOTTOM - taken]
  return { middle: Math.round((from + to) / 2), height: to - from }
}

/** Typeface style by decade. */
function styleOf(year = 2015): 'book' | 'poster' | 'slant' | 'plain' {
  if (year < 1950) return 'book'
  if (year < 1980) return 'poster'
  return year < 1990 ? 'slant' : year < 2010 ? 'poster' : 'plain'
}
