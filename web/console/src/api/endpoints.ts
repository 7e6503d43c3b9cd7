import type { Explain } from '@cairn/platform/protocol/cairn/explain'
import type {
  ConfigInput,
  CreateServingEndpoint,
  GetServingEndpoint,
  GetServingEndpointMetrics,
  GetServingEndpointOpenApi,
  ListServingEndpoints,
  QueryServingEndpoint,
  ServedEntity,
  ServingEndpoint,
  UpdateServingEndpointConfig,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import type {
  Notifications,
  PutRateLimits,
  RateLimit,
  UpdateNotifications,
} from '@cairn/platform/protocol/databricks/serving-settings'
import type { Input } from '@cairn/platform/protocol/operation'
import { call, urlOf } from './call.js'
import { isMissing, send } from './http.js'
import { METASTORE } from './rights.js'

export type { ConfigInput, Notifications, RateLimit, ServedEntity, ServingEndpoint }
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

/** Returns true if the caller may create endpoints, or the server does not explain privileges; otherwise the reason why not. */
export async function mayCreateEndpoint(signal?: AbortSignal): Promise<true | string> {
  try {
    for (const privilege of ['CREATE ENDPOINT', 'READ MODELS']) {
      const { allowed, summary } = await call<typeof Explain>(
        'GET /api/cairn/v1/explain',
        { ...METASTORE, privilege },
        signal,
      )
      if (!allowed) return summary
    }
    return true
  } catch (error) {
    if (isMissing(error)) return true
    throw error
  }
}

export const createEndpoint = (endpoint: Input<typeof CreateServingEndpoint>) =>
  call<typeof CreateServingEndpoint>('POST /api/2.0/serving-endpoints', endpoint)

export const updateConfig = (name: string, config: ConfigInput) =>
  call<typeof UpdateServingEndpointConfig>('PUT /api/2.0/serving-endpoints/{name}/config', {
    name,
    ...config,
  })

export const putRateLimits = (name: string, rate_limits: RateLimit[]) =>
  call<typeof PutRateLimits>('PUT /api/2.0/serving-endpoints/{name}/rate-limits', { name, rate_limits })

export const putNotifications = (name: string, email_notifications: Notifications) =>
  call<typeof UpdateNotifications>('PATCH /api/2.0/serving-endpoints/{name}/notifications', {
    name,
    email_notifications,
  })

export const getOpenApi = (name: string, signal?: AbortSignal) =>
  call<typeof GetServingEndpointOpenApi>('GET /api/2.0/serving-endpoints/{name}/openapi', { name }, signal)

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
