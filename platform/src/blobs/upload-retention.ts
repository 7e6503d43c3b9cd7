import type { RetentionRule } from '../db/retention.js'
import type { Blobs } from './blobs.js'

/** Remains of uploads that nobody completed, which a running server would otherwise keep until it starts again. */
export const uploadRetention = (blobs: Blobs): RetentionRule => ({
  name: 'unfinished uploads',
  days: 1,
  purge: async (before) => {
    await blobs.sweep?.(before, true)
    return 0 // all at once
  },
})
