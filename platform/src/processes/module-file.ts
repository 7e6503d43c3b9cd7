import { existsSync } from 'node:fs'
import { sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const SRC = `${sep}src${sep}`
const DIST = `${sep}dist${sep}`

const BUILT = '--conditions=built-threads'

/** How to start a module in its own thread or process. */
export interface ModuleFile {
  readonly path: string
  readonly argv: readonly string[]
  /** Options of Node that replace those of the parent. Without them it inherits those. */
  readonly execArgv?: string[]
}

/**
 * Finds the file of a module that is named by its built path, as in `new URL('./solve.worker.js', import.meta.url)`.
 *
 * In a source tree that file is TypeScript, which runs behind a loader and starts seven times slower. Tests build first and
 * pass `--conditions=built-threads` to Node, so that the built file in `dist/` is used.
 */
export function moduleFile(module: URL): ModuleFile {
  const path = fileURLToPath(module)
  const source = path.replace(/\.js$/, '.ts')
  if (existsSync(path) || !existsSync(source)) return { path, argv: [] }
  if (process.execArgv.includes(BUILT)) return { path: builtFile(module), argv: [], execArgv: [] }
  const loader = fileURLToPath(new URL('../../source/thread.mjs', import.meta.url))
  return { path: loader, argv: [pathToFileURL(source).href] }
}

/** Returns the URL by which a thread imports a module. @param url the `import.meta.url` of the module in this process */
export function urlInThread(url: string): string {
  const built = new URL(url.replace(/\.ts$/, '.js'))
  const { path, argv } = moduleFile(built)
  return argv[0] ?? pathToFileURL(path).href
}

/** Returns the path in `dist/` of a module that is named by its path in `src/`. */
export function builtFile(module: URL): string {
  const path = fileURLToPath(module)
  const at = path.lastIndexOf(SRC)
  return path.slice(0, at) + DIST + path.slice(at + SRC.length)
}
