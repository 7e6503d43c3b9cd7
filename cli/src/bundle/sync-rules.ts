import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { isOutside, pathFrom, type SyncRules } from './local-files.js'
import { ignoreMatcher } from './patterns.js'

/** `sync` of a bundle or a target. */
export interface SyncSettings {
  readonly paths?: readonly string[]
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
}

/**
 * Joins the lists of the bundle and of the target, as Databricks does. Without `paths` the folder of the bundle is uploaded.
 *
 * @throws INVALID_PARAMETER_VALUE for a pattern that is not supported, and a path that is not a folder
 */
export function syncRules(folder: string, settings: readonly (SyncSettings | undefined)[]): SyncRules {
  const listOf = (field: keyof SyncSettings) => settings.flatMap((one) => (one?.[field] ?? []).map(String))
  const paths = listOf('paths')
  return {
    paths: (paths.length > 0 ? paths : ['.']).map((path) => folderAt(folder, path)),
    include: listOf('include').map(ignoreMatcher),
    exclude: listOf('exclude').map(ignoreMatcher),
  }
}

function folderAt(folder: string, path: string): string {
  const found = resolve(folder, path)
  if (statSync(found, { throwIfNoEntry: false })?.isDirectory()) return found
  throw invalid(`paths: '${path}' is not a folder.`)
}

/** The lowest folder that contains the bundle and all paths. @throws INVALID_PARAMETER_VALUE for the root of the file system */
export function syncRootOf(folder: string, paths: readonly string[]): string {
  let root = resolve(folder)
  while (paths.some((path) => isOutside(pathFrom(root, path)))) root = dirname(root)
  if (dirname(root) === root && root !== resolve(folder))
    throw invalid(`paths: the folders have only ${root} in common.`)
  return root
}
