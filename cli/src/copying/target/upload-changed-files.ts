import { RowDigest } from '@cairn/platform/protocol/cairn/run-digest'
import type { FileObserver } from '../progress.js'
import type { FileOwner, SourceFiles } from '../sources/source.js'
import type { Target, UploadedFiles } from './target.js'

interface ChangedFilesOptions {
  readonly owner: FileOwner
  /** The id on the target. */
  readonly id: string
  readonly files: SourceFiles
  /** The result of the previous upload; without a listing, everything is uploaded again. */
  readonly previous: Omit<UploadedFiles, 'listing'> & {
    readonly listing?: string | undefined
    /** Why files of the listing are not on the target. */
    readonly skipped?: readonly string[] | undefined
  }
}

/**
 * Uploads the files of a run or model that was copied before, unless the source lists the same files as then and the
 * target has those that it did not refuse with the same sizes.
 *
 * @returns undefined if the run or model was deleted on the target
 */
export async function uploadChangedFiles(
  target: Target,
  { owner, id, files, previous }: ChangedFilesOptions,
  observer: FileObserver,
): Promise<UploadedFiles | undefined> {
  const sizes = previous.files > 0 ? await target.sizes(owner, id) : new Map<string, number>()
  if (!sizes) return undefined
  const rows = new RowDigest()
  let stored = 0
  for await (const { path, size, stamp } of files.list(observer.onSkipped)) {
    rows.add(path, size, stamp)
    if (sizes.get(path) === size) stored++
  }
  const { digest: listing } = rows.result()
  if (stored === previous.files && listing === previous.listing) {
    for (const sentence of previous.skipped ?? []) observer.onSkipped(sentence)
    return { files: previous.files, bytes: previous.bytes, listing }
  }
  if (previous.files === 0 && !(await target.sizes(owner, id))) return undefined
  return target.uploadAll(owner, id, files, observer)
}
