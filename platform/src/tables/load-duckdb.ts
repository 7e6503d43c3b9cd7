import { once } from 'node:events'
import { endThread, startThread } from '../processes/thread.js'

/**
 * Loads DuckDB. Mapping its native library takes up to 70 ms, so a thread does that, which ends afterwards. This thread then
 * only links to the mapped library.
 */
export async function loadDuckDb(): Promise<typeof import('@duckdb/node-api')> {
  const mapper = startThread(new URL('./map-duckdb.worker.js', import.meta.url))
  try {
    await once(mapper, 'message')
    // In a bundle, a CommonJS package has no named exports.
    return (await import('@duckdb/node-api')).default
  } finally {
    await endThread(mapper)
  }
}
