import type { IncomingMessage } from 'node:http'

/** The bytes that are read in a turn, which take a few milliseconds. */
const TURN_BYTES = 2 * 1024 * 1024
/** The bytes that Node reads of a connection before it can be paused. */
const READ_BYTES = 64 * 1024

let left = TURN_BYTES
let isCounting = false
let paused: IncomingMessage[] = []

/**
 * Pauses a body once all bodies together have used their share of a turn of the event loop, because hundreds of large bodies
 * that arrive together would delay every other request. They continue in order in the next turns.
 *
 * @param bytes the number of bytes of the body that were just read
 */
export function paceReading(payload: IncomingMessage, bytes: number): void {
  if (!isCounting) {
    isCounting = true
    setImmediate(startTurn)
  }
  left -= bytes
  if (left > 0) return
  payload.pause()
  paused.push(payload)
}

function startTurn() {
  const next = paused.slice(0, TURN_BYTES / READ_BYTES)
  paused = paused.slice(next.length)
  left = TURN_BYTES
  isCounting = paused.length > 0
  if (isCounting) setImmediate(startTurn)
  for (const payload of next) payload.resume()
}
