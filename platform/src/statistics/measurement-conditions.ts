import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { basename, isAbsolute } from 'node:path'

/** The environment of a measurement, which is needed to reproduce it. */
export interface MeasurementConditions {
  /** `YYYY-MM-DD` */
  readonly date: string
  readonly commit: string
  /** The processor, its cores, the memory, the load of the last minute, and the version of Node. */
  readonly machine: string
  /** The command line, without the paths of this machine. */
  readonly command: string
}

/**
 * Returns the conditions. Call it before measuring, so that the load is that of the machine without the measurement.
 *
 * @param program the program as users type it; the arguments of this process follow
 * @param commit the commit of the measured code, see `commitIn`
 */
export const measurementConditions = (program: string, commit: string): MeasurementConditions => ({
  date: new Date().toISOString().slice(0, 10),
  commit,
  machine: machine(),
  command: [program, ...process.argv.slice(2).map(withoutPath)].join(' '),
})

/** Returns the commit of the clone that contains the folder; undefined outside of a clone, or without git. */
export function commitIn(folder: string): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim()
  } catch {
    return undefined
  }
}

const machine = () =>
  `${cpus()[0]?.model ?? 'unknown'} × ${availableParallelism()}, ${Math.round(totalmem() / 1e9)} GB, ` +
  `load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`

/** Keeps the last part of an absolute path, as in `PATH/ratings.csv` or `VENV/bin/python`, and the scheme of a URL. */
function withoutPath(argument: string): string {
  if (/^\w+:\/\//.test(argument)) return argument.replace(/:.*$/, '://…')
  if (isAbsolute(argument))
    return `${/\/bin\/[^/]+$/.test(argument) ? 'VENV/bin' : 'PATH'}/${basename(argument)}`
  return /[\s*?]/.test(argument) ? `'${argument}'` : argument
}
