import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import inject from 'light-my-request'
import { hasCode } from '../db/dialect.js'
import type { Fetch } from '../protocol/client.js'

/** Returns a `fetch` without a socket, for calls between services in one process. Bodies are strings or bytes, not streams. */
export function inProcess(app: FastifyInstance): Fetch {
  return async (url, init) => {
    const { pathname, search } = new URL(url, 'http://127.0.0.1')
    const options: InjectOptions = {
      method: (init.method ?? 'GET') as 'GET',
      url: pathname + search,
      headers: { ...Object.fromEntries(new Headers(init.headers)), host: '127.0.0.1' },
    }
    if (init.body !== undefined && init.body !== null) options.payload = payloadOf(init.body)
    const reply = await injectRequest(app, options)
    const headers = Object.entries(reply.headers).flatMap(([name, value]) =>
      [value].flat().map((one) => [name, String(one)] as [string, string]),
    )
    const hasBody = reply.statusCode !== 204 && reply.statusCode !== 304
    return new Response(hasBody ? new Uint8Array(reply.rawPayload) : null, {
      status: reply.statusCode,
      headers,
    })
  }
}

/** Injects a request, also while the server stops, when running requests call other services and fastify's `inject` rejects. */
const injectRequest = (app: FastifyInstance, options: InjectOptions): Promise<LightMyRequestResponse> =>
  app.inject(options).catch((error: unknown) => {
    if (hasCode(error, 'FST_ERR_REOPENED_CLOSE_SERVER')) return inject(app.routing, options)
    throw error
  })

function payloadOf(body: NonNullable<RequestInit['body']>): string | Buffer {
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  throw new TypeError('In-process requests accept only text and bytes')
}
