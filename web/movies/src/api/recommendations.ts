import type { RecommendMovies } from '@cairn/platform/protocol/cairn/movies'
import { type Film, type FilmId, filmOf } from '../films/film.js'
import type { Server } from './server.js'

interface NamedFilm {
  readonly item_id: FilmId
  readonly title?: string
}

export type Reason =
  /** `contribution` is the film's part of the score. */
  | ({ readonly type: 'history'; readonly contribution: number } & NamedFilm)
  /** Without the film the score would be lower by `contribution`. */
  | ({ readonly type: 'influence'; readonly contribution: number } & NamedFilm)
  /** Often chosen after this film, the last one picked. */
  | ({ readonly type: 'recent' } & NamedFilm)
  /** A trait of the film, e.g. `genres`. */
  | { readonly type: 'trait'; readonly trait: string; readonly contribution: number }
  | { readonly type: 'profile' }
  | { readonly type: 'popularity' }

export interface Recommendation {
  readonly film: Film
  readonly score: number
  /** The strongest one. */
  readonly reason: Reason
}

/** The model version that responded. */
export interface ServedModel {
  /** The served entity. */
  readonly name: string
  readonly version: string
  /** The registered model, if the endpoint still serves it. */
  readonly model?: string
  readonly latencyMs: number
}

export interface RecommendationResponse {
  readonly recommendations: readonly Recommendation[]
  readonly source: 'history' | 'user' | 'popularity'
  /** Messages of the model. */
  readonly notices: readonly string[]
  readonly served: ServedModel
}

export interface RecommendationRequest {
  /** Oldest first. */
  readonly history: readonly FilmId[]
  readonly k: number
  readonly filterSeen: boolean
}

/** @throws CairnError, or the signal's reason if aborted */
export async function recommend(
  server: Server,
  { history, k, filterSeen }: RecommendationRequest,
  signal?: AbortSignal,
): Promise<RecommendationResponse> {
  const started = performance.now()
  const { recommendations, source, notices, served } = await server.call<typeof RecommendMovies>(
    'POST /api/cairn/v1/movies/recommendations',
    { ...(history.length > 0 && { history: [...history] }), k, filter_seen: filterSeen },
    { idempotent: true, ...(signal && { signal }) },
  )
  const latencyMs = performance.now() - started
  return {
    recommendations: recommendations.map(({ item_id: id, title, genres, score, reasons }) => ({
      film: filmOf({ id, title: title ?? String(id), genres }),
      score,
      reason: reasons[0] as Reason,
    })),
    source: source as RecommendationResponse['source'],
    notices,
    served: { ...served, latencyMs },
  }
}
