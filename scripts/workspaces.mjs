import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * The workspace packages, dependencies before dependents.
 * @returns {{ name: string, path: string, folder: string, dependencies: string[], isCommand: boolean }[]}
 *   `path` from the root (`web/console`), `dependencies` the names of other workspace packages.
 */
export function workspaces() {
  const { workspaces: patterns } = manifest(root)
  const paths = patterns.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern]
    const parent = pattern.slice(0, -2)
    return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`)
  })
  const packages = paths
    .filter((path) => existsSync(join(root, path, 'package.json')))
    .map((path) => ({ path, folder: join(root, path), ...manifest(join(root, path)) }))
  const byName = new Map(packages.map((unit) => [unit.name, unit]))
  const ordered = new Map()
  const visit = (unit) => {
    const local = Object.keys(unit.dependencies ?? {}).filter((name) => byName.has(name))
    for (const name of local) visit(byName.get(name))
    const { name, path, folder, bin } = unit
    const isCommand = bin !== undefined
    if (!ordered.has(name)) ordered.set(name, { name, path, folder, dependencies: local, isCommand })
  }
  packages.forEach(visit)
  return [...ordered.values()]
}

/** All files below `folder` as relative paths, `/`-separated and sorted, without build products. */
export function filesBelow(folder, prefix = '') {
  const entries = readdirSync(join(folder, prefix), { withFileTypes: true })
  return entries
    .filter(({ name }) => !['node_modules', 'dist', '.git', '.cache', '.cairn', '.turbo'].includes(name))
    .flatMap((entry) => {
      const path = prefix ? `${prefix}/${entry.name}` : entry.name
      return entry.isDirectory() ? filesBelow(folder, path) : [path]
    })
    .sort()
}

const manifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
