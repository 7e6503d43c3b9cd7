import { ApiError } from '@cairn/platform/errors'
import type { RecommendMovies } from '@cairn/platform/protocol/cairn/movies'
import { type Client, createClient, type Fetch } from '@cairn/platform/protocol/client'
import {
  GetServingEndpoint,
  QueryServingEndpoint,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { Input, Output } from '@cairn/platform/protocol/operation'

export const ENDPOINT = 'movies'

type Recommendations = Output<typeof RecommendMovies>
type Prediction = Omit<Recommendations, 'served' | 'notices'> & Partial<Pick<Recommendations, 'notices'>>

/** The answer of the endpoint, with the headers that name what answered. */
export interface EndpointAnswer extends Omit<Recommendations, 'served'> {
  readonly headers: Headers
}

/** @param fetch reaches the server @param token may query the endpoint @throws ApiError */
export async function queryEndpoint(
  fetch: Fetch,
  token: string,
  { history = [], k = 10, filter_seen = true }: Input<typeof RecommendMovies>,
): Promise<EndpointAnswer> {
  let headers = new Headers()
  const client = createClient('http://127.0.0.1', {
    token,
    fetch: async (url, init) => {
      const response = await fetch(url, init)
      headers = response.headers
      return response
    },
  })
  const record = { ...(history.length > 0 && { history }), k, filter_seen, reasons: true }
  const { predictions } = await client(QueryServingEndpoint, { name: ENDPOINT, dataframe_records: [record] })
  const [prediction] = predictions as readonly (Partial<Prediction> | undefined)[]
  if (!prediction?.recommendations)
    throw new ApiError('FAILED_PRECONDITION', `Endpoint '${ENDPOINT}' does not serve a recommender.`)
  const { recommendations, source = '', notices = [] } = prediction
  return { recommendations, source, notices, headers }
}

/** The registered models of the endpoint by served entity. @throws ApiError */
export async function modelNames(client: Client): Promise<ReadonlyMap<string, string>> {
  const { config } = await client(GetServingEndpoint, { name: ENDPOINT })
  return new Map(config?.served_entities.map(({ name, entity_name }) => [name, entity_name]))
}
