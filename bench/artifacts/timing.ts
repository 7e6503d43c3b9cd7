import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'

/** Seconds that a command takes, its start included. */
export function seconds(program: string, ...args: string[]): number {
  const started = performance.now()
  execFileSync(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  return (performance.now() - started) / 1000
}

/** Seconds that a script prints, which exclude the start of its process. */
export const printedSeconds = (script: URL, ...args: string[]): number =>
  Number(
    execFileSync(process.execPath, [...process.execArgv, script.pathname, ...args], { encoding: 'utf8' }),
  )

/**
 * Removes the file right before it is written again, so that its cached pages are reused: a virtual machine returns memory
 * that stays free to its host, and getting it back is slow.
 */
export function withFreshFile(path: string, work: () => number): number {
  rmSync(path, { force: true })
  return work()
}
