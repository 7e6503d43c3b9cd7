import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'

/** Seconds of a command. */
export function seconds(program: string, ...args: string[]): number {
  const started = performance.now()
  execFileSync(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  return (performance.now() - started) / 1000
}

/** Seconds that a script says it took, as the start of its process is no part of them. */
export const secondsSaid = (script: URL, ...args: string[]): number =>
  Number(
    execFileSync(process.execPath, [...process.execArgv, script.pathname, ...args], { encoding: 'utf8' }),
  )

/**
 * Into a fresh file. The old one is removed right before, so that its memory serves the new one: what is free for longer
 * goes back to the host of a virtual machine, and is slow to come again.
 */
export function into(path: string, work: () => number): number {
  rmSync(path, { force: true })
  return work()
}
