import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { rejectMalformedHttp } from './malformed-http.js'

export interface ConnectionLimits {
  /** A body without new bytes for this time ends its connection. A body that keeps arriving may take any time. */
  readonly bodySilenceMs: number
  /** When the server closes, connections without a running request end after this time. */
  readonly closeIdleMs: number
  /** When the server closes, all connections end after this time. */
  readonly closeAllMs: number
}

const LIMITS: ConnectionLimits = { bodySilenceMs: 60_000, closeIdleMs: 500, closeAllMs: 4_000 }
const CHECKS_PER_LIMIT = 4

interface Connection {
  request?: IncomingMessage
  response?: ServerResponse
  bytesRead: number
  readAt: number
}

/** Limits how long a client that sends or reads nothing keeps its connection, and keeps the server from closing. */
export function boundConnections(app: FastifyInstance, options: Partial<ConnectionLimits> = {}) {
  const limits = { ...LIMITS, ...options }
  const connections = new Map<Socket, Connection>()
  app.server.on('connection', (socket: Socket) => {
    connections.set(socket, { bytesRead: 0, readAt: performance.now() })
    socket.once('close', () => connections.delete(socket))
  })
  app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(request.socket)
    if (connection) Object.assign(connection, { request, response, readAt: performance.now() })
  })
  const check = setInterval(
    () => endSilentBodies(connections, limits.bodySilenceMs),
    limits.bodySilenceMs / CHECKS_PER_LIMIT,
  ).unref()
  const closing: NodeJS.Timeout[] = []
  app.addHook('preClose', async () => {
    closing.push(
      setTimeout(() => endConnections(connections, isIdle), limits.closeIdleMs).unref(),
      setTimeout(() => endConnections(connections, () => true), limits.closeAllMs).unref(),
    )
  })
  app.addHook('onClose', async () => {
    for (const timer of [check, ...closing]) clearTimeout(timer)
  })
}

const isIdle = ({ response }: Connection) => !response || response.writableFinished

function endConnections(connections: Map<Socket, Connection>, which: (one: Connection) => boolean) {
  for (const [socket, connection] of connections) if (which(connection)) socket.destroy()
}

function endSilentBodies(connections: Map<Socket, Connection>, silenceMs: number) {
  const now = performance.now()
  for (const [socket, connection] of connections) {
    if (socket.bytesRead !== connection.bytesRead || !isAwaited(connection)) connection.readAt = now
    connection.bytesRead = socket.bytesRead
    if (now - connection.readAt < silenceMs) continue
    const { response } = connection
    if (response?.headersSent) socket.destroy()
    else rejectMalformedHttp(Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket)
  }
}

/** Returns whether the server has read all bytes that the client sent, and waits for the rest of the body. */
const isAwaited = ({ request, response }: Connection) =>
  request !== undefined &&
  !request.complete &&
  !response?.writableFinished &&
  request.readableLength === 0 &&
  (request.readableFlowing === true || request.listenerCount('readable') > 0)
