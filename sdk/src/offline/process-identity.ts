import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Identifies a process of a machine; `started`, if available, distinguishes it from a later one with the same pid. */
export interface ProcessIdentity {
  readonly host: string
  readonly pid: number
  readonly started?: string
}

export function thisProcess(): ProcessIdentity {
  const started = processStartTime(process.pid)
  return { host: hostname(), pid: process.pid, ...(started && { started }) }
}

export const isThisMachine = ({ host }: ProcessIdentity): boolean => host === hostname()

/** A process of another machine cannot be checked, so it counts as ended. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (!isThisMachine(identity)) return false
  const { pid, started } = identity
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === undefined || processStartTime(pid) === started
}

/** Returns the start time in ticks since boot (field 22 of proc(5)'s stat); Linux only, undefined for zombies. */
function processStartTime(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
