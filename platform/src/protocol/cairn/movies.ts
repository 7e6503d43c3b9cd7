import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { Int64 } from '../wire.js'

const BASE = '/api/cairn/v1/movies'

const FilmId = Type.Union([Int64(), Type.String({ minLength: 1, maxLength: 255 })])

const Cell = Type.Union([Type.Number(), Type.String()])

/** A row of the table of films, with the columns that the movie client shows. */
export const MovieTitle = Type.Object({
  id: FilmId,
  title: Type.String(),
  genres: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  year: Type.Optional(Cell),
  title_ko: Type.Optional(Type.String()),
  imdb_id: Type.Optional(Cell),
  tmdb_id: Type.Optional(Cell),
})
export type MovieTitle = Static<typeof MovieTitle>

export const ListMovieTitles = operation({
  id: 'listMovieTitles',
  method: 'GET',
  path: `${BASE}/titles`,
  summary: 'List up to 10,000 films for the movie client, read as `movies-web`',
  right: 'authenticated',
  input: Type.Object({}),
  output: Type.Object({
    titles: Type.Array(MovieTitle),
    /** The number of rows of the table, which may be greater than that of `titles`. */
    total: Int64(),
  }),
})

const Reason = Type.Object({
  type: Type.String(),
  item_id: Type.Optional(FilmId),
  title: Type.Optional(Type.String()),
  trait: Type.Optional(Type.String()),
  contribution: Type.Optional(Type.Number()),
})

const MovieRecommendation = Type.Object({
  item_id: FilmId,
  title: Type.Optional(Type.String()),
  genres: Type.Optional(Type.String()),
  score: Type.Number(),
  /** The reasons, the strongest first. */
  reasons: Type.Array(Reason),
})

export const RecommendMovies = operation({
  id: 'recommendMovies',
  method: 'POST',
  path: `${BASE}/recommendations`,
  summary: 'Recommend films for the movie client: queries the endpoint `movies` as `movies-web`',
  right: 'authenticated',
  input: Type.Object({
    history: Type.Optional(Type.Array(FilmId, { maxItems: 100, description: 'Oldest first.' })),
    k: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: '10 when absent.' })),
    filter_seen: Type.Optional(Type.Boolean({ description: 'Leave out films of `history`; the default.' })),
  }),
  output: Type.Object({
    recommendations: Type.Array(MovieRecommendation),
    source: Type.String(),
    notices: Type.Array(Type.String()),
    served: Type.Object({
      /** The served entity. */
      name: Type.String(),
      version: Type.String(),
      /** The registered model, if the endpoint still serves it. */
      model: Type.Optional(Type.String()),
    }),
  }),
})
