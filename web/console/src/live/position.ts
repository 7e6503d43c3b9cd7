import type { ReadEvents } from '@cairn/platform/protocol/cairn/events'
import type { Output } from '@cairn/platform/protocol/operation'
import { urlOf } from '../api/call.js'

const TIMEOUT_MS = 1_000

let position: string | undefined

/** The last event before the page read any data: a stream that continues after it misses no change. */
export const firstPosition = () => position

/**
 * Called before the first page renders. Without a response, the stream refetches everything when it connects. Unlike requests of pages, it never opens the sign-in page.
 */
export async function readFirstPosition(): Promise<void> {
  try {
    const url = urlOf<typeof ReadEvents>('GET /api/cairn/v1/events', {})
    const headers = { 'x-requested-with': 'fetch' }
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (response.ok) position = ((await response.json()) as Output<typeof ReadEvents>).last_event_id
  } catch {
    position = undefined
  }
}
