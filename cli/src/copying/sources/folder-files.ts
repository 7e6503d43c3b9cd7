import { createReadStream, realpathSync, type Stats } from 'node:fs'
import { lstat, opendir, realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { normalizeKey } from '@cairn/platform/blobs/path'
import { ApiError } from '@cairn/platform/errors'
import type { OnSkipped, SourceFile, SourceFiles } from './source.js'

/**
 * The files of a folder. Links are followed, as MLflow's server does, but never out of the roots: an untrusted store
 * must not point at private files of the user who migrates it.
 */
export function folderFiles(folder: string, roots: readonly string[]): SourceFiles {
  const realRoots = roots.map(realPath)
  const check = (path: string) => checkPath(path, realRoots)
  return {
    async *list(onSkipped = () => {}) {
      const found = await check(folder)
      if ('real' in found) yield* new Walk(folder, check, onSkipped).files('', [found.real])
      else if (found.why !== MISSING) onSkipped(`${folder} ${found.why}.`)
    },
    // Checked again: the link may have been replaced since it was listed.
    async open(path) {
      const found = await check(join(folder, normalizeKey(path)))
      if ('real' in found) return createReadStream(found.real)
      throw new ApiError('FAILED_PRECONDITION', `The artifact ${join(folder, path)} ${found.why}.`)
    },
  }
}

type CheckedPath = { readonly real: string; readonly status: Stats } | { readonly why: string }

const MISSING = 'does not exist'
const OUTSIDE = 'is outside of the folders that may be read'

async function checkPath(path: string, roots: readonly string[]): Promise<CheckedPath> {
  try {
    const real = await realpath(path)
    if (!roots.some((root) => real === root || real.startsWith(root + sep))) return { why: OUTSIDE }
    return { real, status: await stat(real) }
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return { why: MISSING }
  }
}

class Walk {
  readonly #folder: string
  readonly #check: (path: string) => Promise<CheckedPath>
  readonly #onSkipped: OnSkipped

  constructor(folder: string, check: (path: string) => Promise<CheckedPath>, onSkipped: OnSkipped) {
    this.#folder = folder
    this.#check = check
    this.#onSkipped = onSkipped
  }

  /** @param ancestors the real paths of the folders above; a link to one of them would be an endless loop */
  async *files(path: string, ancestors: readonly string[]): AsyncGenerator<SourceFile> {
    const real = ancestors.at(-1)!
    for await (const entry of await opendir(real)) {
      const child = path ? `${path}/${entry.name}` : entry.name
      const realChild = join(real, entry.name)
      if (entry.isDirectory()) yield* this.files(child, [...ancestors, realChild])
      else if (entry.isFile()) yield toFile(child, await lstat(realChild))
      else if (entry.isSymbolicLink()) yield* this.#link(child, ancestors)
    }
  }

  async *#link(path: string, ancestors: readonly string[]): AsyncGenerator<SourceFile> {
    const found = await this.#check(join(this.#folder, path))
    const skip = (why: string) => this.#onSkipped(`${join(this.#folder, path)} ${why}.`)
    if ('why' in found) skip(found.why === MISSING ? 'is a broken link' : found.why)
    else if (found.status.isFile()) yield toFile(path, found.status)
    else if (!found.status.isDirectory()) skip('does not link to a regular file')
    else if (ancestors.includes(found.real)) skip('links to a folder that contains it')
    else yield* this.files(path, [...ancestors, found.real])
  }
}

const toFile = (path: string, { size, mtimeMs }: Stats): SourceFile => ({ path, size, stamp: mtimeMs })

function realPath(root: string): string {
  try {
    return realpathSync(root)
  } catch {
    return resolve(root) // A missing root contains nothing.
  }
}
