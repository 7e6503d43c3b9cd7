import type { LookupAddress } from 'node:dns'
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface PostRequest {
  readonly url: URL
  /** The resolved addresses of the host. The request connects to no others. */
  readonly addresses: readonly LookupAddress[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

export interface WebhookResponse {
  readonly status: number
  /** The first 64 KiB of the body. */
  readonly body: string
  /** The time in the `Retry-After` header. */
  readonly retryAfterMs: number | undefined
}

const MAX_BODY_BYTES = 64 * 1024

/** Sends one request, without redirects or environment proxies. @throws on network errors and when `signal` aborts */
export function post({ url, addresses, headers, body, signal }: PostRequest): Promise<WebhookResponse> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    signal,
    lookup: (_host, { all }, done) => {
      if (all) done(null, [...addresses])
      else done(null, addresses[0]!.address, addresses[0]!.family)
    },
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      'User-Agent': 'Cairn-Webhooks',
      ...headers,
    },
  }
  return new Promise((resolve, reject) => {
    const request = send(url, options, (response) => {
      read(response).then(resolve, reject)
    })
    request.on('error', reject)
    // Without a listener the request would end without an event.
    request.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve(webhookResponse(response, ''))
    })
    request.end(body)
  })
}

async function read(response: IncomingMessage): Promise<WebhookResponse> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= MAX_BODY_BYTES) break // destroys the response
  }
  return webhookResponse(response, Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8'))
}

const webhookResponse = ({ statusCode, headers }: IncomingMessage, body: string): WebhookResponse => ({
  status: statusCode!,
  body,
  retryAfterMs: retryAfter(headers['retry-after']),
})

/** Parses seconds or a date into milliseconds. */
function retryAfter(header: string | undefined): number | undefined {
  if (!header) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(ms, 0) : undefined
}
