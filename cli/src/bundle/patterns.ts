import { invalid } from '@cairn/platform/errors'

/**
 * Returns a function that tells whether a path with slashes, relative to the bundle, matches a pattern as of `include`: `*` is a
 * part of a name, `**` folders.
 */
export const globMatcher = (pattern: string): ((path: string) => boolean) => {
  const like = new RegExp(`^${expressionOf(pattern.replace(/^\.\//, ''))}$`)
  return (path) => like.test(path)
}

/**
 * Like a line of `.gitignore`, as Databricks' `sync` has them: a pattern without a slash matches names in all folders, and a folder
 * stands for everything in it.
 *
 * @throws INVALID_PARAMETER_VALUE
 */
export function ignoreMatcher(pattern: string): (path: string) => boolean {
  if (pattern.startsWith('!') || pattern.trim() === '')
    throw invalid(`'${pattern}' is not supported: name files to include or to exclude, without '!'.`)
  const isFolder = pattern.endsWith('/')
  const inside = pattern.replace(/^\.?\//, '').replace(/\/$/, '')
  const isAnchored = inside.includes('/') || /^\.?\//.test(pattern)
  const start = isAnchored ? '' : '(?:.*/)?'
  const like = new RegExp(`^${start}${expressionOf(inside)}${isFolder ? '/.*' : '(?:/.*)?'}$`)
  return (path) => like.test(path)
}

const expressionOf = (pattern: string) =>
  pattern
    .split(/(\*\*\/|\/\*\*$|\*\*|\*|\?)/)
    .map((part) => EXPRESSIONS[part] ?? part.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('')

const EXPRESSIONS: Readonly<Record<string, string>> = {
  '**/': '(?:[^/]+/)*',
  '/**': '/.*',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
}
