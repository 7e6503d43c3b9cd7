import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, root, workspaces } from './workspaces.mjs'

const FOLDERS = ['acceptance', 'bench', 'scripts', 'examples']

/**
 * Reads every TypeScript and JavaScript file of the repository, for the tests that check all of them.
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
      .map((inside) => sourceFile(unit, inside, readFileSync(join(folder, unit, inside), 'utf8'))),
  )
}

/** @returns an entry of `sourceFiles`; tests make up a path and a text */
export const sourceFile = (unit, inside, text) => ({
  path: `${unit}/${inside}`,
  unit,
  inside,
  test: /\.test\.tsx?$/.test(inside),
  text,
})
