import {
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream'

/** Hop-by-hop headers, which a proxy must not forward (RFC 9110, 7.6.1). */
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

/** Proxies a request to the server with the token; bodies are streamed both ways. */
export function proxyRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { server, token }: Upstream,
): void {
  const target = new URL(server + request.url)
  const headers: OutgoingHttpHeaders = { ...request.headers, host: target.host }
  // Origins are checked by this proxy: the server does not know its address.
  for (const name of [...HOP_BY_HOP, 'origin', 'referer', 'cookie']) delete headers[name]
  if (token) headers.authorization = `Bearer ${token}`
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest
  const proxied = send(target, { method: request.method ?? 'GET', headers }, (upstream) => {
    const kept = Object.entries(upstream.headers).filter(([name]) => !HOP_BY_HOP.includes(name))
    response.writeHead(upstream.statusCode ?? 502, Object.fromEntries(kept))
    pipeline(upstream, response, () => undefined)
  })
  proxied.on('error', () => {
    if (response.headersSent) response.destroy()
    else sendError(response, 503, 'TEMPORARILY_UNAVAILABLE', `The server ${server} cannot be reached.`)
  })
  response.on('close', () => proxied.destroy())
  request.pipe(proxied)
}

export function sendError(response: ServerResponse, status: number, error_code: string, message: string) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error_code, message }))
}
