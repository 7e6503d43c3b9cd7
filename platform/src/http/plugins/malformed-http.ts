import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { ApiError } from '../../errors.js'

const BROKEN = [400, 'The request is not valid HTTP/1.1.'] as const
const REASONS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request was not received completely in time. Send it again.'],
  HPE_HEADER_OVERFLOW: [
    431,
    'The headers and the URL are longer than 16 KB. Send long values in the body, or split the request.',
  ],
}

/** Responds to malformed requests: to headers that are too long, a client that is too slow, or another protocol. */
export function rejectMalformedHttp(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const [status, message] = REASONS[error.code ?? ''] ?? BROKEN
  const body = JSON.stringify(new ApiError('INVALID_PARAMETER_VALUE', message))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Content-Type: application/json; charset=utf-8',
    'Connection: close',
  ]
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroy(error)
}
