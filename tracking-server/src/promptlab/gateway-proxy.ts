import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import { ApiError, invalid, messageOf } from '@cairn/platform/errors'
import { EDIT_ALL_EXPERIMENTS, READ_ALL_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync } from 'fastify'

const URL_PATH = '/ajax-api/2.0/mlflow/gateway-proxy'
const TIMEOUT_MS = 60_000

/** Lets MLflow's prompt page list and query the endpoints of a deployments server; without a target the list is empty. */
export const gatewayProxyRoutes: FastifyPluginAsync<{ target: string }> = async (app, { target }) => {
  const schema = { hide: true }
  app.get(URL_PATH, { config: { right: READ_ALL_EXPERIMENTS }, schema }, async ({ query }) => {
    if (!target) return { endpoints: [] }
    const path = pathOf(query)
    if (path !== 'api/2.0/endpoints') throw invalid(`Invalid gateway_path: ${path} for method: GET`)
    return requestJson(`${target}/${path}`, { method: 'GET' })
  })
  app.post(URL_PATH, { config: { right: EDIT_ALL_EXPERIMENTS }, schema }, async ({ body }) => {
    if (!target) return { endpoints: [] }
    const path = pathOf(body)
    const [, name] = /^gateway\/([^/]+)\/invocations$/.exec(path) ?? []
    if (!name || name === '.' || name === '..')
      throw invalid(`Invalid gateway_path: ${path} for method: POST`)
    return requestJson(`${target}/gateway/${encodeURIComponent(name)}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify((body as { json_data?: unknown }).json_data ?? null),
    })
  })
}

function pathOf(input: unknown): string {
  const { gateway_path: path } = (input ?? {}) as { gateway_path?: unknown }
  if (typeof path !== 'string' || path === '')
    throw invalid('Deployments proxy request must specify a gateway_path.')
  return withoutTrailingSlashes(path.replace(/^\/+/, ''))
}

/** @throws INVALID_PARAMETER_VALUE if the target rejects the request, TEMPORARILY_UNAVAILABLE if it fails */
async function requestJson(url: string, request: RequestInit): Promise<unknown> {
  const { ok, status, text } = await send(url, request)
  if (!ok) {
    const message = `Deployments proxy request failed with error code ${status}. Error message: ${text.slice(0, 1000)}`
    throw status < 500 ? invalid(message) : unavailable(message)
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw unavailable('Deployments proxy request failed: the response is not JSON.', { cause })
  }
}

async function send(url: string, request: RequestInit) {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) })
    return { ok: response.ok, status: response.status, text: await response.text() }
  } catch (cause) {
    throw unavailable(`Deployments proxy request failed: ${messageOf(cause)}`, { cause })
  }
}

const unavailable = (message: string, options?: ErrorOptions) =>
  new ApiError('TEMPORARILY_UNAVAILABLE', message, options)
