import type { ServedEntity, ServingEndpoint } from '@cairn/platform/protocol/serving-endpoints'
import { getJson, isMissing, send } from './http.js'

export type { ServedEntity, ServingEndpoint }
export type EndpointConfig = NonNullable<ServingEndpoint['config']>

const BASE = 'api/2.0/serving-endpoints'

/** A server that runs without serving has no endpoints. */
export async function listEndpoints(signal?: AbortSignal): Promise<ServingEndpoint[]> {
  try {
    return (await getJson<{ endpoints?: ServingEndpoint[] }>(BASE, {}, signal)).endpoints ?? []
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

export const getEndpoint = (name: string, signal?: AbortSignal) =>
  getJson<ServingEndpoint>(`${BASE}/${encodeURIComponent(name)}`, {}, signal)

export interface Invocation {
  readonly body: string
  readonly servedBy: string | null
  /** What this page waited. */
  readonly ms: number
}

/** Sends a body as it is typed. */
export async function invoke(name: string, body: string): Promise<Invocation> {
  const started = performance.now()
  const response = await send(`serving-endpoints/${encodeURIComponent(name)}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const answer = await response.text()
  return {
    body: answer,
    servedBy: response.headers.get('served-model-name'),
    ms: performance.now() - started,
  }
}
