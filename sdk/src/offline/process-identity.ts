import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** One process of one machine; `started` tells it from a later one with the same number, where the system says. */
export interface ProcessIdentity {
  readonly host: string
  readonly pid: number
  readonly started?: string
}

export function thisProcess(): ProcessIdentity {
  const started = startOf(process.pid)
  return { host: hostname(), pid: process.pid, ...(started && { started }) }
}

export const isOfThisMachine = ({ host }: ProcessIdentity): boolean => host === hostname()

/** Whether the process may still write: of another machine nobody here can tell, so it counts as ended. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (!isOfThisMachine(identity)) return false
  const { pid, started } = identity
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === undefined || startOf(pid) === started
}

/** Linux: when the process started, in ticks since boot (field 22 of proc(5)'s stat), and nothing of a zombie. */
function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
