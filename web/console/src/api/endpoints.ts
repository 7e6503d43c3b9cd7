import type {
  GetServingEndpoint,
  GetServingEndpointMetrics,
  ListServingEndpoints,
  QueryServingEndpoint,
  ServedEntity,
  ServingEndpoint,
} from '@cairn/platform/protocol/serving-endpoints'
import { call, urlOf } from './call.js'
import { isMissing, send } from './http.js'

export type { ServedEntity, ServingEndpoint }
export type EndpointConfig = NonNullable<ServingEndpoint['config']>

/** Empty if the server runs without the serving service. */
export async function listEndpoints(signal?: AbortSignal): Promise<readonly ServingEndpoint[]> {
  try {
    const { endpoints } = await call<typeof ListServingEndpoints>(
      'GET /api/2.0/serving-endpoints',
      {},
      signal,
    )
    return endpoints
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

export const getEndpoint = (name: string, signal?: AbortSignal) =>
  call<typeof GetServingEndpoint>('GET /api/2.0/serving-endpoints/{name}', { name }, signal)

/** In Prometheus' text format. */
export async function getMetrics(name: string, signal?: AbortSignal): Promise<string> {
  const url = urlOf<typeof GetServingEndpointMetrics>('GET /api/2.0/serving-endpoints/{name}/metrics', {
    name,
  })
  return (await send(url, signal ? { signal } : {})).text()
}

export interface Invocation {
  readonly body: string
  /** Served entity that responded. */
  readonly servedBy: string | null
  /** Round trip as measured in the browser. */
  readonly ms: number
}

/** @param body sent unchanged, as it was typed */
export async function invoke(name: string, body: string): Promise<Invocation> {
  const started = performance.now()
  const url = urlOf<typeof QueryServingEndpoint>('POST /serving-endpoints/{name}/invocations', { name })
  const headers = { 'content-type': 'application/json' }
  const response = await send(url, { method: 'POST', headers, body })
  return {
    body: await response.text(),
    servedBy: response.headers.get('served-model-name'),
    ms: performance.now() - started,
  }
}
