import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import inject from 'light-my-request'
import { hasCode } from '../db/dialect.js'
import type { Fetch } from '../protocol/client.js'

/** A `fetch` without a socket: how services in one process call each other. Bodies are whole, text or bytes. */
export function inProcess(app: FastifyInstance): Fetch {
  return async (url, init) => {
    const { pathname, search } = new URL(url, 'http://127.0.0.1')
    const options: InjectOptions = {
      method: (init.method ?? 'GET') as 'GET',
      url: pathname + search,
      headers: { ...Object.fromEntries(new Headers(init.headers)), host: '127.0.0.1' },
    }
    if (init.body !== undefined && init.body !== null) options.payload = payloadOf(init.body)
    const reply = await answerOf(app, options)
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

/** What is under way when the server stops still asks, which fastify's own `inject` refuses then. */
const answerOf = (app: FastifyInstance, options: InjectOptions): Promise<LightMyRequestResponse> =>
  app.inject(options).catch((error: unknown) => {
    if (hasCode(error, 'FST_ERR_REOPENED_CLOSE_SERVER')) return inject(app.routing, options)
    throw error
  })

function payloadOf(body: NonNullable<RequestInit['body']>): string | Buffer {
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  throw new TypeError('Only text and bytes can be sent in process')
}
