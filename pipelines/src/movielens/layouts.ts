import { sqlText } from '@cairn/platform/tables/duckdb'

export type TableName = 'ratings' | 'movies' | 'links' | 'tags'

export interface RawColumn {
  /** The name in the file's header; files without one are read by position. */
  readonly header: string
  readonly name: string
  readonly type: 'INTEGER' | 'BIGINT' | 'FLOAT' | 'VARCHAR'
}

/** How to parse one file, validate its rows, and convert them to a table. */
export interface Layout {
  readonly table: TableName
  readonly file: string
  readonly separator: ',' | '::' | '\t' | '|'
  readonly quoted: boolean
  readonly hasHeader: boolean
  readonly columns: readonly RawColumn[]
  /** SQL condition of valid rows, over the raw columns; null counts as false. */
  readonly valid: string
  /** SQL select list that converts the raw columns to those of the table. */
  readonly select: string
}

const column = (header: string, name: string, type: RawColumn['type']): RawColumn => ({ header, name, type })
const USER = column('userId', 'user_id', 'INTEGER')
const MOVIE = column('movieId', 'movie_id', 'INTEGER')
const TIME = column('timestamp', 'seconds', 'BIGINT')
const TITLE = column('title', 'title', 'VARCHAR')

/** MovieLens started in 1995. A time after 2100 is another column, or in milliseconds. */
const VALID_TIME = 'seconds between 0 and 4102444800'
const VALID_IDS = 'user_id > 0 and movie_id > 0'
/** The year in "Toy Story (1995)", and for series in "(1995-2001)" or "(2006–)". */
const YEAR = `try_cast(regexp_extract(title, '\\((\\d{4})(?:[-–]\\d{0,4})?\\)\\s*$', 1) as integer) as year`
const GENRES = `case when genres is null or genres = '(no genres listed)' then []::varchar[]
  else string_split(genres, '|') end as genres`

const RATINGS = {
  table: 'ratings',
  columns: [USER, MOVIE, column('rating', 'rating', 'FLOAT'), TIME],
  valid: `${VALID_IDS} and rating between 0.5 and 5 and rating * 2 = floor(rating * 2) and ${VALID_TIME}`,
  select: 'user_id, movie_id, rating, to_timestamp(seconds) as rated_at',
} as const

const MOVIES = {
  table: 'movies',
  columns: [MOVIE, TITLE, column('genres', 'genres', 'VARCHAR')],
  valid: `movie_id > 0 and trim(title) <> ''`,
  select: `movie_id, trim(title) as title, ${YEAR}, ${GENRES}`,
} as const

const TAGS = {
  table: 'tags',
  columns: [USER, MOVIE, column('tag', 'tag', 'VARCHAR'), TIME],
  valid: `${VALID_IDS} and tag <> '' and ${VALID_TIME}`,
  select: 'user_id, movie_id, tag, to_timestamp(seconds) as tagged_at',
} as const

/** Ids are text, because IMDb's have leading zeros. */
const LINKS = {
  table: 'links',
  columns: [MOVIE, column('imdbId', 'imdb', 'VARCHAR'), column('tmdbId', 'tmdb', 'VARCHAR')],
  valid: `movie_id > 0 and coalesce(regexp_full_match(imdb, '\\d{1,10}'), true)
    and coalesce(regexp_full_match(tmdb, '\\d{1,10}'), true)`,
  select: `movie_id, case when length(imdb) < 7 then lpad(imdb, 7, '0') else imdb end as imdb_id, tmdb as tmdb_id`,
} as const

const csv = (file: string) => ({ file, separator: ',', quoted: true, hasHeader: true }) as const
const dat = (file: string) => ({ file, separator: '::', quoted: false, hasHeader: false }) as const

const CSV: readonly Layout[] = [
  { ...RATINGS, ...csv('ratings.csv') },
  { ...MOVIES, ...csv('movies.csv') },
  { ...LINKS, ...csv('links.csv') },
  { ...TAGS, ...csv('tags.csv') },
]

const DAT: readonly Layout[] = [
  { ...RATINGS, ...dat('ratings.dat') },
  { ...MOVIES, ...dat('movies.dat') },
  { ...TAGS, ...dat('tags.dat') },
]

/** The genre columns of ml-100k, in their order. */
const FLAGS = [
  ...['unknown', 'Action', 'Adventure', 'Animation', "Children's", 'Comedy', 'Crime', 'Documentary', 'Drama'],
  ...[
    'Fantasy',
    'Film-Noir',
    'Horror',
    'Musical',
    'Mystery',
    'Romance',
    'Sci-Fi',
    'Thriller',
    'War',
    'Western',
  ],
]
const flagged = FLAGS.slice(1).map((genre, i) => `case when g${i + 1} = 1 then ${sqlText(genre)} end`)

const HUNDRED_K: readonly Layout[] = [
  { ...RATINGS, file: 'u.data', separator: '\t', quoted: false, hasHeader: false },
  {
    ...MOVIES,
    file: 'u.item',
    separator: '|',
    quoted: false,
    hasHeader: false,
    columns: [
      MOVIE,
      TITLE,
      ...['released', 'video_released', 'url'].map((name) => column(name, name, 'VARCHAR')),
      ...FLAGS.map((genre, i) => column(genre, `g${i}`, 'INTEGER')),
    ],
    select: `movie_id, trim(title) as title, ${YEAR},
      list_filter([${flagged.join(', ')}], lambda genre: genre is not null) as genres`,
  },
]

/** The layouts of an edition, detected by the name of its ratings file. */
export function layoutsOf(files: ReadonlyMap<string, string>): readonly Layout[] {
  if (files.has('ratings.csv')) return CSV
  return files.has('ratings.dat') ? DAT : HUNDRED_K
}

/** Tables of every edition; some have no links or tags. */
export const REQUIRED_TABLES: readonly TableName[] = ['ratings', 'movies']
