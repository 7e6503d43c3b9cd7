import type { RandomSource } from '../seed.js'
import type { Shape } from '../shape.js'
import { balloons, bars, blocks, bounce, bowler, heart, kite, record, smile, twoMoons } from './light.js'
import type { Motif } from './motif.js'
import {
  bolt,
  burst,
  chevrons,
  crosshair,
  eye,
  fangs,
  fingerprint,
  keyhole,
  lamp,
  shards,
  skyline,
  spiral,
} from './tense.js'
import {
  arches,
  castle,
  compass,
  desert,
  lens,
  moon,
  orbits,
  peaks,
  planet,
  reel,
  rocket,
  stairs,
  waves,
} from './worlds.js'

/** Rare genres come first, because they characterize a film best. */
const MOTIFS: Readonly<Record<string, readonly Motif[]>> = {
  'Film-Noir': [lamp],
  Western: [desert],
  Musical: [record, bars],
  War: [chevrons],
  Documentary: [lens],
  Mystery: [keyhole],
  Animation: [bounce, blocks],
  Children: [balloons, kite],
  Horror: [eye, fangs],
  Fantasy: [moon, castle],
  'Sci-Fi': [planet, rocket, orbits],
  Crime: [skyline, fingerprint],
  Adventure: [peaks, compass],
  Romance: [heart, twoMoons],
  Action: [burst, bolt, crosshair],
  Thriller: [spiral, shards],
  Comedy: [smile, bowler],
  Drama: [arches, waves, stairs],
}

export const genresByWeight = (genres: readonly string[]): string[] =>
  Object.keys(MOTIFS).filter((genre) => genres.includes(genre))

export const motifOf = (genre: string | undefined, random: RandomSource): readonly Shape[] =>
  random.pick(MOTIFS[genre ?? ''] ?? [reel])(random)
