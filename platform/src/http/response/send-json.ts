import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ApiError, invalid } from '../../errors.js'
import { gzip, wantsGzip } from './gzip.js'
import { JsonChunks } from './json-chunks.js'
import { estimateLength, type Stringify, splitJson } from './split-json.js'

const MEGABYTE = 1024 * 1024
/** The number of characters from which responses are sent in chunks, and compressed for other machines. */
const LARGE_LENGTH = 64 * 1024
const MAX_PENDING_BYTES = 256 * MEGABYTE
/** The length up to which responses are always sent, because an error would hide that the operation was done. */
const ALWAYS_SENT_BYTES = MEGABYTE
const STALL_TIMEOUT_MS = 60_000

interface Limits {
  /** The limit of all large responses together, from serialization until their clients have read them. */
  readonly pendingBytes: number
  /** The time without a read of a large response after which its client is disconnected. */
  readonly stallTimeoutMs: number
}

/**
 * Serializes responses as JSON. Large ones, which may take a second, are serialized in chunks, so that other requests run in
 * between. They are compressed if that is faster, and sent when complete: they have a length, and failures become error responses.
 */
export function sendJson(
  app: FastifyInstance,
  { pendingBytes, stallTimeoutMs }: Limits = {
    pendingBytes: MAX_PENDING_BYTES,
    stallTimeoutMs: STALL_TIMEOUT_MS,
  },
) {
  let pending = 0
  app.setSerializerCompiler(() => JSON.stringify) // keeps Fastify from compiling serializers that are never used
  serializeWith(app, JSON.stringify)
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (!(payload instanceof JsonChunks)) return done(null, payload)
    sendChunks(payload, reply).then((sent) => done(null, sent), done)
  })

  async function sendChunks({ chunks }: JsonChunks, reply: FastifyReply): Promise<Readable | Buffer> {
    let written: Buffer[] = []
    let length = 0
    const release = () => {
      pending -= length
    }
    try {
      for await (const bytes of inBytes(chunks)) {
        written.push(bytes)
        length += bytes.byteLength
        pending += bytes.byteLength
        checkLimits(length)
      }
      if (written.length > 1) {
        void reply.header('vary', 'accept-encoding')
        if (wantsGzip(reply)) {
          const zipped = await gzip(written)
          release()
          written = zipped
          length = zipped.reduce((sum, { byteLength }) => sum + byteLength, 0)
          pending += length
          void reply.header('content-encoding', 'gzip')
        }
      }
      const { socket } = reply.request.raw
      if (written.length === 1 || socket.destroyed) {
        release()
        return written[0]!
      }
      void reply.header('content-length', length)
      const stream = consume(written, { stallTimeoutMs, onStall: () => reply.raw.destroy() })
      closeWithConnection(stream, socket)
      return stream.once('close', release)
    } catch (error) {
      release()
      throw error
    }
  }

  function checkLimits(length: number) {
    if (length > pendingBytes)
      throw invalid(
        `The response is larger than ${pendingBytes / MEGABYTE} MB: request it in pages with 'max_results' where it is a list.`,
      )
    if (length > ALWAYS_SENT_BYTES && pending > pendingBytes)
      throw new ApiError(
        'RESOURCE_EXHAUSTED',
        "Too many large responses are being sent: try again later, or request less with 'max_results' where it is a list.",
      )
  }
}

/** Sets how routes registered after this call serialize their responses. */
export function serializeWith(app: FastifyInstance, toText: Stringify) {
  const write = (response: object): string | JsonChunks => {
    if (response instanceof JsonChunks) return response
    return estimateLength(response, LARGE_LENGTH) > LARGE_LENGTH
      ? new JsonChunks(splitJson(response, toText))
      : toText(response)
  }
  // Fastify passes a result of any type to the hooks.
  app.setReplySerializer(write as (response: unknown) => string)
}

async function* inBytes(chunks: Iterable<string>): AsyncGenerator<Buffer> {
  let text = ''
  for (const chunk of chunks) {
    text += chunk
    if (text.length < LARGE_LENGTH) continue
    yield Buffer.from(text)
    text = ''
    await nextTurn()
  }
  yield Buffer.from(text)
}

/** Streams the buffers, dropping each one as it is read. */
function consume(
  written: Buffer[],
  { stallTimeoutMs, onStall }: { stallTimeoutMs: number; onStall: () => void },
) {
  const timer = setTimeout(onStall, stallTimeoutMs)
  function* taken() {
    while (written.length > 0) {
      timer.refresh()
      yield written.shift()!
    }
  }
  return Readable.from(taken()).once('close', () => clearTimeout(timer))
}

const streamsOf = new WeakMap<Socket, Set<Readable>>()

/** Closes a response with its connection. Node closes only the first pipelined one; others would wait for the stall timeout. */
function closeWithConnection(stream: Readable, socket: Socket) {
  const streams = streamsOf.get(socket) ?? trackStreams(socket)
  streams.add(stream)
  stream.once('close', () => streams.delete(stream))
}

function trackStreams(socket: Socket): Set<Readable> {
  const streams = new Set<Readable>()
  streamsOf.set(socket, streams)
  socket.once('close', () => {
    for (const stream of streams) stream.destroy()
  })
  return streams
}

let last: Promise<unknown> = Promise.resolve()

/** Yields to the event loop once. Responses that are serialized at the same time alternate, a chunk each. */
function nextTurn(): Promise<unknown> {
  last = last.then(() => setImmediate())
  return last
}
