import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { invalid } from '@cairn/platform/errors'

const MAX_FILES = 10_000
const IGNORED = new Set(['.git', '.cairn', '.databricks', '.venv', 'node_modules', '__pycache__'])

type Matches = (path: string) => boolean

/** Excluded files are left out, also those that are included. */
export interface SyncRules {
  readonly include: readonly Matches[]
  readonly exclude: readonly Matches[]
}

/**
 * The files of a bundle, in order: in a git repository those that it does not ignore, and those that the bundle includes.
 *
 * @throws INVALID_PARAMETER_VALUE
 */
export function localFiles(folder: string, { include, exclude }: SyncRules): string[] {
  const known = gitFiles(folder)
  const included =
    known && include.length > 0 ? walk(folder).filter((name) => include.some((matches) => matches(name))) : []
  const files = [...new Set([...(known ?? walk(folder)), ...included])]
    .filter((name) => !name.split('/').some((part) => IGNORED.has(part)))
    .filter((name) => !exclude.some((matches) => matches(name)))
    .filter((name) => existsSync(join(folder, name)) && statSync(join(folder, name)).isFile())
    .sort()
  if (files.length > MAX_FILES)
    throw invalid(
      `${folder} has ${files.length} files; a bundle has ${MAX_FILES} at most: list others in .gitignore or sync.exclude.`,
    )
  return files
}

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
    return entry.isFile() ? [relative(folder, path).replaceAll('\\', '/')] : []
  })
