import type { Blobs } from '@cairn/platform/blobs/blobs'
import type { DeltaAdd } from '@cairn/platform/tables/actions'
import { removeFiles } from '@cairn/platform/tables/commit'
import { findDelta } from '@cairn/platform/tables/delta'

/** Deletes the files whose rows are all older than `before`, in milliseconds since the epoch. Each has the rows of one upload. */
export async function deleteOldRows(blobs: Blobs, location: string, before: number): Promise<void> {
  const snapshot = await findDelta(blobs, location)
  const old = (snapshot?.files ?? []).filter((file) => newestRow(file) < before)
  if (old.length > 0)
    await removeFiles(
      blobs,
      location,
      old.map(({ path }) => path),
    )
}

/** A file without statistics is kept. */
function newestRow({ stats }: DeltaAdd): number {
  if (stats === undefined) return Number.POSITIVE_INFINITY
  const { maxValues } = JSON.parse(stats) as { maxValues?: { request_time?: string } }
  const time = Date.parse(maxValues?.request_time ?? '')
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time
}
