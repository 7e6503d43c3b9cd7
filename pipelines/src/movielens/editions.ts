export type Edition =
  | 'ml-32m'
  | 'ml-25m'
  | 'ml-20m'
  | 'ml-latest'
  | 'ml-latest-small'
  | 'ml-10m'
  | 'ml-1m'
  | 'ml-100k'

export interface Counts {
  readonly ratings?: number
  readonly tags?: number
  readonly movies?: number
  readonly users?: number
}

/** The MD5 and the counts that GroupLens published for an edition. */
interface PublishedFacts {
  readonly md5?: string
  readonly counts: Counts
}

/** The `latest` editions change, so their counts are only in their README. */
export const EDITIONS: Readonly<Record<Edition, PublishedFacts>> = {
  'ml-32m': {
    md5: 'd472be332d4daa821edc399621853b57',
    counts: { ratings: 32_000_204, tags: 2_000_072, movies: 87_585, users: 200_948 },
  },
  'ml-25m': {
    md5: '6b51fb2759a8657d3bfcbfc42b592ada',
    counts: { ratings: 25_000_095, movies: 62_423, users: 162_541 },
  },
  'ml-20m': {
    md5: 'cd245b17a1ae2cc31bb14903e1204af3',
    counts: { ratings: 20_000_263, movies: 27_278, users: 138_493 },
  },
  'ml-latest': { counts: {} },
  'ml-latest-small': { counts: {} },
  'ml-10m': { md5: 'ce571fd55effeba0271552578f2648bd', counts: { ratings: 10_000_054 } },
  'ml-1m': { md5: 'c4d9eecfca2ab87c1945afe126590906', counts: { ratings: 1_000_209, users: 6_040 } },
  'ml-100k': {
    md5: '0e33842e24a9c977be4e0107933c0723',
    counts: { ratings: 100_000, movies: 1_682, users: 943 },
  },
}

export const isEdition = (name: string): name is Edition => Object.hasOwn(EDITIONS, name)

export const editionOfMd5 = (md5: string): Edition | undefined =>
  (Object.keys(EDITIONS) as Edition[]).find((edition) => EDITIONS[edition].md5 === md5)
