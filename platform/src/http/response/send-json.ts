import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ApiError, invalid } from '../../errors.js'
import { JsonChunks } from './json-chunks.js'
import { CHUNK_LENGTH, estimateLength, type Stringify, splitJson } from './split-json.js'

const MEGABYTE = 1024 * 1024
const MOST_HELD_BYTES = 256 * MEGABYTE
/** So that what was done for a request is not answered as if it had not been. */
const NEVER_REFUSED = MEGABYTE
const PATIENCE_MS = 60_000

interface Limits {
  /** Of all large answers together, from when they are written until their clients have read them. */
  readonly heldBytes: number
  /** For which a client may take nothing of a large answer. */
  readonly patienceMs: number
}

/**
 * Writes answers as JSON. Those that are large are written in pieces, between which all other requests have their turn:
 * a list without a limit may take a second. They are sent when they are whole, so they have a length, and what cannot be
 * written is answered as an error.
 */
export function sendJson(
  app: FastifyInstance,
  { heldBytes, patienceMs }: Limits = { heldBytes: MOST_HELD_BYTES, patienceMs: PATIENCE_MS },
) {
  let held = 0
  app.setSerializerCompiler(() => JSON.stringify) // so that Fastify compiles none, which nobody would ask
  serializeWith(app, JSON.stringify)
  app.addHook('onSend', async (_request, reply, payload) =>
    payload instanceof JsonChunks ? sendChunks(payload, reply) : payload,
  )

  async function sendChunks({ chunks }: JsonChunks, reply: FastifyReply): Promise<Readable | Buffer> {
    const written: Buffer[] = []
    let length = 0
    const release = () => {
      held -= length
    }
    try {
      for await (const bytes of inBytes(chunks)) {
        written.push(bytes)
        length += bytes.byteLength
        held += bytes.byteLength
        refuseBeyond(length)
      }
      if (written.length === 1) {
        release()
        return written[0]!
      }
      void reply.header('content-length', length)
      return giving(written, { patienceMs, giveUp: () => reply.raw.destroy() }).once('close', release)
    } catch (error) {
      release()
      throw error
    }
  }

  function refuseBeyond(length: number) {
    if (length > heldBytes)
      throw invalid(
        `The answer is longer than ${heldBytes / MEGABYTE} MB: ask for it in parts, with 'max_results' where it is a list.`,
      )
    if (length > NEVER_REFUSED && held > heldBytes)
      throw new ApiError(
        'RESOURCE_EXHAUSTED',
        "Too many large answers are on their way: try again later, or ask for less, with 'max_results' where it is a list.",
      )
  }
}

/** How the routes that are added below write their answers. */
export function serializeWith(app: FastifyInstance, toText: Stringify) {
  const write = (answer: object): string | JsonChunks => {
    if (answer instanceof JsonChunks) return answer
    return estimateLength(answer, CHUNK_LENGTH) > CHUNK_LENGTH
      ? new JsonChunks(splitJson(answer, toText))
      : toText(answer)
  }
  // Fastify hands on what this returns to the hooks, whatever it is.
  app.setReplySerializer(write as (answer: unknown) => string)
}

async function* inBytes(chunks: Iterable<string>): AsyncGenerator<Buffer> {
  let text = ''
  for (const chunk of chunks) {
    text += chunk
    if (text.length < CHUNK_LENGTH / 2) continue
    yield Buffer.from(text)
    text = ''
    await turn()
  }
  yield Buffer.from(text)
}

/** A stream of what is written, which keeps none of it that was taken. */
function giving(written: Buffer[], { patienceMs, giveUp }: { patienceMs: number; giveUp: () => void }) {
  const timer = setTimeout(giveUp, patienceMs)
  function* taken() {
    while (written.length > 0) {
      timer.refresh()
      yield written.shift()!
    }
  }
  return Readable.from(taken()).once('close', () => clearTimeout(timer))
}

let last: Promise<unknown> = Promise.resolve()

/** Until everything that has come in was looked at. Several that are written take turns, a piece each. */
function turn(): Promise<unknown> {
  last = last.then(() => setImmediate())
  return last
}
