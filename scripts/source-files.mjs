import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, root, workspaces } from './workspaces.mjs'

const FOLDERS = ['acceptance', 'bench', 'scripts', 'examples']

/**
 * Every TypeScript and JavaScript file of the house.
 * @returns {{ path: string, unit: string, inside: string, test: boolean, text: string }[]}
 *   `unit` the package's or the top folder's path, `inside` the file's path within it.
 */
export function sourceFiles(folder = root) {
  const units = [...workspaces().map(({ path }) => path), ...FOLDERS].filter((unit) =>
    existsSync(join(folder, unit)),
  )
  return units.flatMap((unit) =>
    filesBelow(join(folder, unit))
      .filter((inside) => /\.(ts|tsx|mjs|js)$/.test(inside))
      .map((inside) => describe(unit, inside, readFileSync(join(folder, unit, inside), 'utf8'))),
  )
}

export const describe = (unit, inside, text) => ({
  path: `${unit}/${inside}`,
  unit,
  inside,
  test: /\.test\.tsx?$/.test(inside),
  text,
})
