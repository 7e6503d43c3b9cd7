import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { invalid } from '@cairn/platform/errors'

const MAX_FILES = 10_000
const IGNORED = new Set(['.git', '.cairn', '.databricks', '.venv', 'node_modules', '__pycache__'])

type Matches = (path: string) => boolean

/** Excluded files are left out, also those that are included. Patterns match paths from the folder of the bundle. */
export interface SyncRules {
  /** Absolute folders. */
  readonly paths: readonly string[]
  readonly include: readonly Matches[]
  readonly exclude: readonly Matches[]
}

export interface SyncFolders {
  readonly folder: string
  /** Contains the folder of the bundle and all `paths`. Names of files in the workspace start here. */
  readonly syncRoot: string
}

/**
 * The files of a bundle from its root, in order: in a git repository those that it does not ignore, and those that the bundle includes.
 *
 * @throws INVALID_PARAMETER_VALUE
 */
export function localFiles(
  { folder, syncRoot }: SyncFolders,
  { paths, include, exclude }: SyncRules,
): string[] {
  const isLike = (patterns: readonly Matches[], file: string) =>
    patterns.some((matches) => matches(pathFrom(folder, file)))
  const found = paths.flatMap((start) => {
    const known = gitFiles(start)
    const included =
      known && include.length > 0 ? walk(start).filter((name) => isLike(include, join(start, name))) : []
    return [...(known ?? walk(start)), ...included]
      .filter((name) => !name.split('/').some((part) => IGNORED.has(part)))
      .map((name) => join(start, name))
  })
  const files = [...new Set(found)]
    .filter((file) => !isLike(exclude, file))
    .filter((file) => existsSync(file) && statSync(file).isFile())
    .map((file) => pathFrom(syncRoot, file))
    .sort()
  if (files.length > MAX_FILES)
    throw invalid(
      `${folder} has ${files.length} files; a bundle has ${MAX_FILES} at most: list others in .gitignore or sync.exclude.`,
    )
  return files
}

/** With slashes on all systems. */
export const pathFrom = (folder: string, file: string) => relative(folder, file).replaceAll('\\', '/')

/** @param path relative to a folder. A name may begin with two dots. */
export const isOutside = (path: string) => path === '..' || path.startsWith('../')

/** Undefined outside of a repository, or without git. */
function gitFiles(folder: string): string[] | undefined {
  try {
    const names = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      ...{ cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 },
    })
    return names.split('\0').filter(Boolean)
  } catch {
    return undefined
  }
}

const walk = (folder: string, below = folder): string[] =>
  readdirSync(below, { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name)) return []
    const path = join(below, entry.name)
    if (entry.isDirectory()) return walk(folder, path)
    return entry.isFile() ? [pathFrom(folder, path)] : []
  })
