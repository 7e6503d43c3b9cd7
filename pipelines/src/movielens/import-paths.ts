import { realpath } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { LOCAL_OWNER, type Principal } from '@cairn/platform/auth/principal'
import type { Config } from '@cairn/platform/config'
import { ApiError } from '@cairn/platform/errors'

type PathSettings = Pick<Config, 'auth' | 'data' | 'import_paths'>

/** Resolves paths that jobs name on the server's disk, in one place. */
export class ImportPaths {
  readonly #folders: readonly string[] | undefined

  /** @param folders from which files may be imported; undefined for all */
  constructor(folders?: readonly string[]) {
    this.#folders = folders?.map((folder) => resolve(folder))
  }

  /**
   * The absolute path without symbolic links. A relative one is below an import folder.
   *
   * @param parameter of the job that names the path
   * @throws PERMISSION_DENIED with the same message for a path outside the folders, one that leaves them through a link, and one
   * that does not exist, so that callers cannot probe which paths exist
   */
  async resolve(path: string, parameter: string): Promise<string> {
    if (!this.#folders) return resolve(path)
    for (const folder of this.#folders) {
      const candidate = resolve(folder, path)
      const [root, target] = isBelow(candidate, folder)
        ? await Promise.all([folder, candidate].map((one) => realpath(one).catch(() => undefined)))
        : []
      if (root && target && isBelow(target, root)) return target
    }
    throw new ApiError(
      'PERMISSION_DENIED',
      `'${parameter}': the server imports only files below its import folders, and this path is none of them. An administrator names the folders in CAIRN_IMPORT_PATHS.`,
    )
  }
}

const isBelow = (path: string, folder: string) =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

/**
 * The import folders for a task: the configured ones, or `imports` in the data folder. Without sign-in, the owner may
 * import from anywhere, because the server runs with the owner's rights.
 *
 * @param task the ids of the principal that wrote the settings and parameters of its run, and of the one that it acts as
 * @param shipped folders of data that come with the server
 */
export function importPaths(
  { auth, data, import_paths }: PathSettings,
  task: { readonly writer: string | null; readonly principal: Pick<Principal, 'id'> },
  shipped: readonly string[],
): ImportPaths {
  const isOwners = [task.writer, task.principal.id].every((id) => id === LOCAL_OWNER.id)
  if (auth === 'local' && isOwners) return new ImportPaths()
  const configured = import_paths.split(',').map((folder) => folder.trim())
  const folders = configured.some(Boolean) ? configured.filter(Boolean) : [join(data, 'imports')]
  return new ImportPaths([...folders, ...shipped])
}
