import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ApiError, invalid } from '../errors.js'
import { jsonPieces, PIECE, weigh } from './json-pieces.js'

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

/** An answer that nobody has written yet. */
class LargeAnswer {
  readonly value: object

  constructor(value: object) {
    this.value = value
  }
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
  // Fastify hands on what this returns to the hooks, whatever it is.
  app.setSerializerCompiler(() => (answer) => {
    const isLarge = weigh(answer, PIECE) > PIECE
    return isLarge ? (new LargeAnswer(answer) as unknown as string) : JSON.stringify(answer)
  })
  app.addHook('onSend', async (_request, reply, payload) =>
    payload instanceof LargeAnswer ? sendLarge(payload.value, reply) : payload,
  )

  async function sendLarge(answer: object, reply: FastifyReply): Promise<Readable> {
    let counted = weigh(answer, heldBytes)
    if (counted > heldBytes)
      throw invalid(
        `The answer is longer than ${heldBytes / MEGABYTE} MB: ask for it in parts, with 'max_results' where it is a list.`,
      )
    if (counted > NEVER_REFUSED && held + counted > heldBytes)
      throw new ApiError(
        'RESOURCE_EXHAUSTED',
        "Too many large answers are on their way: try again later, or ask for less, with 'max_results' where it is a list.",
      )
    held += counted
    const release = () => {
      held -= counted
    }
    try {
      const written = await write(answer)
      const length = written.reduce((sum, { byteLength }) => sum + byteLength, 0)
      held += length - counted
      counted = length
      void reply.header('content-length', length)
      return giving(written, { patienceMs, giveUp: () => reply.raw.destroy() }).once('close', release)
    } catch (error) {
      release()
      throw error
    }
  }
}

async function write(answer: object): Promise<Buffer[]> {
  const written: Buffer[] = []
  let text = ''
  for (const piece of jsonPieces(answer)) {
    text += piece
    if (text.length < PIECE / 2) continue
    written.push(Buffer.from(text))
    text = ''
    await turn()
  }
  return [...written, Buffer.from(text)]
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
