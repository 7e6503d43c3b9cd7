import type { LookupAddress } from 'node:dns'
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface PostRequest {
  readonly url: URL
  /** What the host's name was found to mean; nothing else is connected to. */
  readonly addresses: readonly LookupAddress[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

export interface WebhookResponse {
  readonly status: number
  /** At most 64 KiB of it. */
  readonly body: string
  /** As the receiver asks, in milliseconds. */
  readonly retryAfterMs: number | undefined
}

const MOST_BYTES = 64 * 1024

/** One request: no redirect is followed, no proxy of the environment asked. @throws when nobody answers in time */
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
    // Unheard, it would end the request without a word.
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
    if (bytes >= MOST_BYTES) break // which destroys the response
  }
  return webhookResponse(response, Buffer.concat(chunks).subarray(0, MOST_BYTES).toString('utf8'))
}

const webhookResponse = ({ statusCode, headers }: IncomingMessage, body: string): WebhookResponse => ({
  status: statusCode!,
  body,
  retryAfterMs: retryAfter(headers['retry-after']),
})

/** Seconds, or a date. */
function retryAfter(header: string | undefined): number | undefined {
  if (!header) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(ms, 0) : undefined
}
