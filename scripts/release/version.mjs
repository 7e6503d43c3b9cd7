import { Refusal } from '../terminal.mjs'

const BUMPS = ['major', 'minor', 'patch']

/**
 * @param {string} current `MAJOR.MINOR.PATCH`
 * @param {string} wanted a version, or which part to increase
 */
export function nextVersion(current, wanted = '') {
  const parts = current.split('.').map(Number)
  const bump = BUMPS.indexOf(wanted)
  if (bump >= 0) return parts.map((part, i) => (i < bump ? part : i === bump ? part + 1 : 0)).join('.')
  if (!/^\d+\.\d+\.\d+$/.test(wanted))
    throw new Refusal(`Name the release: ${BUMPS.join(', ')}, or a version such as 1.2.0.`)
  if (compare(wanted.split('.').map(Number), parts) <= 0)
    throw new Refusal(`${wanted} is not newer than ${current}.`)
  return wanted
}

const compare = (a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]

/** The manifest with its version and those of the workspace packages that it depends on. */
export function withVersion(manifest, version) {
  const result = { ...manifest, version }
  for (const field of ['dependencies', 'devDependencies', 'peerDependencies'])
    if (manifest[field])
      result[field] = Object.fromEntries(
        Object.entries(manifest[field]).map(([name, range]) => [
          name,
          name.startsWith('@cairn/') ? version : range,
        ]),
      )
  return result
}
