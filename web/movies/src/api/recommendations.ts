import type { Output } from '@cairn/platform/protocol/operation'
import type { GetServingEndpoint, QueryServingEndpoint } from '@cairn/platform/protocol/serving-endpoints'
import { type Film, type FilmId, filmOf } from '../films/film.js'
import { operationRequest } from './operation-request.js'
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
  readonly name: string
  readonly version: string
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

interface Prediction {
  readonly recommendations: readonly {
    readonly item_id: FilmId
    readonly title?: string
    readonly genres?: string
    readonly score: number
    /** The strongest first. */
    readonly reasons: readonly [Reason, ...Reason[]]
  }[]
  readonly source: RecommendationResponse['source']
  readonly notices?: readonly string[]
}

/** @throws CairnError, or the signal's reason if aborted */
export async function recommend(
  server: Server,
  request: RecommendationRequest,
  signal?: AbortSignal,
): Promise<RecommendationResponse> {
  const { history, k, filterSeen } = request
  const record = { ...(history.length > 0 && { history }), k, filter_seen: filterSeen, reasons: true }
  const started = performance.now()
  const response = await server.open(({ endpoint }) => ({
    ...operationRequest<typeof QueryServingEndpoint>('POST /serving-endpoints/{name}/invocations', {
      name: endpoint,
      dataframe_records: [record],
    }),
    idempotent: true,
    ...(signal && { signal }),
  }))
  const { predictions } = (await response.json()) as { predictions: readonly [Prediction] }
  const latencyMs = performance.now() - started
  const [{ recommendations, source, notices = [] }] = predictions
  return {
    recommendations: recommendations.map(({ item_id: id, title, genres, score, reasons: [reason] }) => ({
      film: filmOf({ id, title: title ?? String(id), genres }),
      score,
      reason,
    })),
    source,
    notices,
    served: {
      name: response.headers.get('served-model-name') ?? '',
      version: response.headers.get('served-model-version') ?? '',
      latencyMs,
    },
  }
}

/** The registered model of a served entity; undefined if the endpoint does not serve it. @throws CairnError */
export async function findModelName(server: Server, servedName: string): Promise<string | undefined> {
  const response = await server.open(({ endpoint }) =>
    operationRequest<typeof GetServingEndpoint>('GET /api/2.0/serving-endpoints/{name}', { name: endpoint }),
  )
  const { config } = (await response.json()) as Output<typeof GetServingEndpoint>
  return config?.served_entities.find(({ name }) => name === servedName)?.entity_name
}
