import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { basename, isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { VERSION } from '../version.js'

/** The environment of a measurement, which is needed to reproduce it. */
export interface Conditions {
  readonly date: string
  readonly machine: string
  readonly commit: string
  readonly command: string
}

export const conditions = (): Conditions => ({
  date: new Date().toISOString().slice(0, 10),
  machine: machine(),
  commit: commit(),
  command: ['cairn', ...process.argv.slice(2).map(withoutFolders)].join(' '),
})

const machine = () =>
  `${cpus()[0]?.model ?? 'unknown'} × ${availableParallelism()}, ${Math.round(totalmem() / 1e9)} GB, ` +
  `load ${loadavg()[0]!.toFixed(1)} before, Node ${process.version}`

/** The commit of the clone; the version when not run from a clone. */
function commit(): string {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd, encoding: 'utf8', stdio: 'pipe' }).trim()
  try {
    return git('rev-parse', '--short', 'HEAD')
  } catch {
    return `version ${VERSION}`
  }
}

const withoutFolders = (arg: string) => (isAbsolute(arg) ? `PATH/${basename(arg)}` : quoted(arg))
const quoted = (arg: string) => (/[\s*?]/.test(arg) ? `'${arg}'` : arg)
