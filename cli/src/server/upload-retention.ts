import type { Blobs } from '@cairn/platform/blobs/blobs'
import type { RetentionRule } from '@cairn/platform/db/retention'

/** Remains of uploads that nobody completed, which a running server would otherwise keep until it starts again. */
export const uploadRetention = (blobs: Blobs): RetentionRule => ({
  name: 'unfinished uploads',
  days: 1,
  purge: async (before) => {
    await blobs.sweep?.(before, true)
    return 0 // all at once
  },
})
