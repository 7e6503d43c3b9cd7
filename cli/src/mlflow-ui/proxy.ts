import {
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream'

/** Headers about one connection, which are not passed on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

export interface Upstream {
  /** Without a trailing slash. */
  readonly server: string
  readonly token: string | undefined
}

/** Passes a request on to the server, as the bearer of the token, and its answer back; bodies stream both ways. */
export function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { server, token }: Upstream,
): void {
  const target = new URL(server + request.url)
  const headers: OutgoingHttpHeaders = { ...request.headers, host: target.host }
  // Whether a page may ask is decided here, where it was loaded from; the server never saw that address.
  for (const name of [...HOP_BY_HOP, 'origin', 'referer', 'cookie']) delete headers[name]
  if (token) headers.authorization = `Bearer ${token}`
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest
  const passed = send(target, { method: request.method ?? 'GET', headers }, (answer) => {
    const kept = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.includes(name))
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept))
    pipeline(answer, response, () => undefined)
  })
  passed.on('error', () => {
    if (response.headersSent) response.destroy()
    else refuse(response, 503, 'TEMPORARILY_UNAVAILABLE', `No server answers at ${server}.`)
  })
  response.on('close', () => passed.destroy())
  request.pipe(passed)
}

export function refuse(response: ServerResponse, status: number, error_code: string, message: string) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error_code, message }))
}
