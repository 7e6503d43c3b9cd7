import type { Change, ReadEvents } from '@cairn/platform/protocol/cairn/events'
import { urlOf } from '../api/call.js'
import { isMissing, RequestError, send } from '../api/http.js'
import { EventParser, type ServerEvent } from './event-parser.js'

export interface Listener {
  onChange(changes: readonly Change[]): void
  /** Events may have been missed: refetch everything. */
  onReset(): void
  onConnectionChange(connected: boolean): void
}

const MIN_BACKOFF_MS = 1_000
const MAX_BACKOFF_MS = 30_000
/** The server sends a heartbeat at least every 15 s. */
const HEARTBEAT_TIMEOUT_MS = 45_000

/** Reconnects with back-off until `signal` aborts, and resumes after the last received event. */
export class LiveStream {
  readonly #listener: Listener
  #lastId: string | undefined

  /** @param lastId the event to continue after; without it, everything is refetched after the first connection */
  constructor(listener: Listener, lastId?: string) {
    this.#listener = listener
    this.#lastId = lastId
  }

  async listen(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#once(signal, () => {
          failures = 0
        })
      } catch (error) {
        if (isMissing(error) || isUnauthorized(error)) break // a retry cannot succeed
      }
      this.#listener.onConnectionChange(false)
      await pause(
        Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** failures) * (0.5 + Math.random() / 2),
        signal,
      )
    }
    this.#listener.onConnectionChange(false)
  }

  async #once(signal: AbortSignal, onOpen: () => void) {
    const silence = new AbortController()
    const both = AbortSignal.any([signal, silence.signal])
    let timer = setTimeout(() => silence.abort(), HEARTBEAT_TIMEOUT_MS)
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
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        clearTimeout(timer)
        timer = setTimeout(() => silence.abort(), HEARTBEAT_TIMEOUT_MS)
        onOpen()
        this.#dispatch(parser.push(chunk.value))
      }
    } finally {
      clearTimeout(timer)
    }
  }

  #dispatch(events: readonly ServerEvent[]) {
    const changes: Change[] = []
    for (const { id, event, data } of events) {
      // The first `ready` does not cover changes between earlier fetches and the connection.
      if (event === 'reset' || (event === 'ready' && this.#lastId === undefined)) this.#listener.onReset()
      if (event) this.#listener.onConnectionChange(true)
      else if (data) changes.push(JSON.parse(data) as Change)
      if (id !== undefined) this.#lastId = id
    }
    if (changes.length > 0) this.#listener.onChange(changes)
  }
}

const isUnauthorized = (error: unknown) =>
  error instanceof RequestError && (error.status === 401 || error.status === 403)

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
