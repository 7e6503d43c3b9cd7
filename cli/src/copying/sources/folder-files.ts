import { createReadStream, realpathSync, type Stats } from 'node:fs'
import { lstat, opendir, realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { normalizeKey } from '@cairn/platform/blobs/path'
import { ApiError } from '@cairn/platform/errors'
import type { LeftOut, SourceFile, SourceFiles } from './source.js'

/**
 * The files of a folder. Links are followed as MLflow serves them, but never out of the roots: a store from elsewhere
 * cannot name the files of who migrates it.
 */
export function inFolder(folder: string, roots: readonly string[]): SourceFiles {
  const realRoots = roots.map(realOr)
  const look = (path: string) => lookAt(path, realRoots)
  return {
    async *list(leftOut = () => {}) {
      const found = await look(folder)
      if ('real' in found) yield* new Walk(folder, look, leftOut).below('', [found.real])
      else if (found.why !== NOWHERE) leftOut(`${folder} ${found.why}.`)
    },
    // Looked at again: it may have become another link since it was listed.
    async open(path) {
      const found = await look(join(folder, normalizeKey(path)))
      if ('real' in found) return createReadStream(found.real)
      throw new ApiError('FAILED_PRECONDITION', `The artifact ${join(folder, path)} ${found.why}.`)
    },
  }
}

type Found = { readonly real: string; readonly status: Stats } | { readonly why: string }

const NOWHERE = 'leads nowhere'
const OUTSIDE = 'leads out of the folders that are read'

async function lookAt(path: string, roots: readonly string[]): Promise<Found> {
  try {
    const real = await realpath(path)
    if (!roots.some((root) => real === root || real.startsWith(root + sep))) return { why: OUTSIDE }
    return { real, status: await stat(real) }
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return { why: NOWHERE }
  }
}

class Walk {
  readonly #folder: string
  readonly #look: (path: string) => Promise<Found>
  readonly #leftOut: LeftOut

  constructor(folder: string, look: (path: string) => Promise<Found>, leftOut: LeftOut) {
    this.#folder = folder
    this.#look = look
    this.#leftOut = leftOut
  }

  /** @param above the folders on the way here, as they really are: a link to one of them would lead round for ever */
  async *below(path: string, above: readonly string[]): AsyncGenerator<SourceFile> {
    const real = above.at(-1)!
    for await (const entry of await opendir(real)) {
      const child = path ? `${path}/${entry.name}` : entry.name
      const place = join(real, entry.name)
      if (entry.isDirectory()) yield* this.below(child, [...above, place])
      else if (entry.isFile()) yield toFile(child, await lstat(place))
      else if (entry.isSymbolicLink()) yield* this.#link(child, above)
    }
  }

  async *#link(path: string, above: readonly string[]): AsyncGenerator<SourceFile> {
    const found = await this.#look(join(this.#folder, path))
    const leftOut = (why: string) => this.#leftOut(`${join(this.#folder, path)} ${why}.`)
    if ('why' in found) leftOut(found.why)
    else if (found.status.isFile()) yield toFile(path, found.status)
    else if (!found.status.isDirectory()) leftOut('is a link to what is no file')
    else if (above.includes(found.real)) leftOut('is a link to a folder that it lies in')
    else yield* this.below(path, [...above, found.real])
  }
}

const toFile = (path: string, { size, mtimeMs }: Stats): SourceFile => ({ path, size, stamp: mtimeMs })

function realOr(root: string): string {
  try {
    return realpathSync(root)
  } catch {
    return resolve(root) // not there, and nothing in it
  }
}
