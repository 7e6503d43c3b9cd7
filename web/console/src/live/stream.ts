import type { Change, ReadEvents } from '@cairn/platform/protocol/events'
import { urlOf } from '../api/call.js'
import { isMissing, RequestError, send } from '../api/http.js'
import { EventParser, type ServerEvent } from './event-parser.js'

export interface Listener {
  /** Something has changed. */
  onChange(changes: readonly Change[]): void
  /** What was missed, if anything, cannot be told: everything is to be read anew. */
  onReset(): void
  /** Whether changes are being heard. */
  onHeard(heard: boolean): void
}

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000
/** The server says something at least every 15 s. */
const SILENCE_MS = 45_000

/** Listens until `signal`, across breaks: goes on after the last event that was heard. */
export class LiveStream {
  readonly #listener: Listener
  #lastId: string | undefined

  constructor(listener: Listener) {
    this.#listener = listener
  }

  async listen(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#once(signal, () => {
          failures = 0
        })
      } catch (error) {
        if (isMissing(error) || isRefused(error)) break // asking again changes nothing
      }
      this.#listener.onHeard(false)
      await pause(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures) * (0.5 + Math.random() / 2), signal)
    }
    this.#listener.onHeard(false)
  }

  async #once(signal: AbortSignal, onOpen: () => void) {
    const silence = new AbortController()
    const both = AbortSignal.any([signal, silence.signal])
    let timer = setTimeout(() => silence.abort(), SILENCE_MS)
    try {
      const headers = {
        accept: 'text/event-stream',
        ...(this.#lastId !== undefined && { 'last-event-id': this.#lastId }),
      }
      const response = await send(urlOf<typeof ReadEvents>('GET /api/cairn/v1/events', {}), {
        headers,
        signal: both,
      })
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
      const parser = new EventParser()
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        clearTimeout(timer)
        timer = setTimeout(() => silence.abort(), SILENCE_MS)
        onOpen()
        this.#hear(parser.push(piece.value))
      }
    } finally {
      clearTimeout(timer)
    }
  }

  #hear(events: readonly ServerEvent[]) {
    const changes: Change[] = []
    for (const { id, event, data } of events) {
      // The first position says nothing about what was read before it.
      if (event === 'reset' || (event === 'ready' && this.#lastId === undefined)) this.#listener.onReset()
      if (event) this.#listener.onHeard(true)
      else if (data) changes.push(JSON.parse(data) as Change)
      if (id !== undefined) this.#lastId = id
    }
    if (changes.length > 0) this.#listener.onChange(changes)
  }
}

const isRefused = (error: unknown) =>
  error instanceof RequestError && (error.status === 401 || error.status === 403)

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
