import { RowDigest } from '@cairn/platform/protocol/run-digest'
import type { Told } from '../progress.js'
import type { SourceFiles } from '../sources/source.js'
import type { Target, Uploaded } from './target.js'

interface Followed {
  readonly owner: 'runs' | 'logged-models'
  /** Of the owner here. */
  readonly id: string
  readonly files: SourceFiles
  /** As they came before; without a listing they come again, whatever they look like. */
  readonly known: Omit<Uploaded, 'listing'> & { readonly listing?: string | undefined }
}

/**
 * Brings the files of what is here already, unless the source lists them as it did when they came, and they are here with
 * the sizes that it says.
 *
 * @returns undefined where their owner is not here any more
 */
export async function followFiles(
  target: Target,
  { owner, id, files, known }: Followed,
  told: Told,
): Promise<Uploaded | undefined> {
  const here = known.files > 0 ? await target.sizes(owner, id) : new Map<string, number>()
  if (!here) return undefined
  const listed = new RowDigest()
  let areHere = true
  for await (const { path, size, stamp } of files.list(told.leftOut)) {
    listed.add(path, size, stamp)
    areHere &&= here.get(path) === size
  }
  const { digest: listing } = listed.result()
  if (areHere && listing === known.listing) return { files: known.files, bytes: known.bytes, listing }
  if (known.files === 0 && !(await target.sizes(owner, id))) return undefined
  return target.uploadAll(owner, id, files, told)
}
