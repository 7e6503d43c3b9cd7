import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'

const TIMEOUT_MS = 10_000

/**
 * Discards the rest of a rejected body, because most clients read the response only after sending everything.
 *
 * @returns false if the body did not end in time
 */
export async function drain(raw: IncomingMessage, timeoutMs = TIMEOUT_MS): Promise<boolean> {
  raw.resume()
  return finished(raw, { signal: AbortSignal.timeout(timeoutMs), writable: false }).then(
    () => true,
    () => false,
  )
}
