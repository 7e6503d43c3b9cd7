/** A path relative to a file, as one below the root of the artifacts; `..` does not lead out of it. */
export function resolvePath(file: string, relative: string): string {
  const parts = file.split('/').slice(0, -1)
  for (const part of relative.split(/[?#]/)[0]!.split('/'))
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  return parts.join('/')
}
