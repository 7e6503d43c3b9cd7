import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'

const PATIENCE_MS = 10_000

/**
 * Most clients read an answer only when they have sent everything, so what a refused body still sends is thrown away.
 *
 * @returns false when it did not end in time
 */
export async function drain(raw: IncomingMessage, patienceMs = PATIENCE_MS): Promise<boolean> {
  raw.resume()
  return finished(raw, { signal: AbortSignal.timeout(patienceMs), writable: false }).then(
    () => true,
    () => false,
  )
}
