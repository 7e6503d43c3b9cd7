import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isAlive } from './child-process.js'

const attempt = (read: () => string) => {
  try {
    return read()
  } catch {
    return ''
  }
}

/** One machine since its last boot, and one process namespace on it: where a process number means one process. */
const namespaceId = createHash('sha256')
  .update(hostname())
  .update(attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')))
  .update(attempt(() => readlinkSync('/proc/self/ns/pid')))
  .digest('hex')
  .slice(0, 12)

/** Field 22 of `stat`, after the command in parentheses; numbers are used again, start times are not. */
const startedAt = (pid: number | 'self') =>
  attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19]!) || '0'

/** A name for a lease holder in this process from which `hasExited` can tell, on the same machine, whether it still lives. */
export const newProcessId = () =>
  [namespaceId, process.pid, startedAt('self'), randomBytes(6).toString('hex')].join('-')

/** Whether it is a process of this machine, of which `hasExited` knows whether it lives. */
export const isOnThisMachine = (holder: string) => holder.startsWith(`${namespaceId}-`)

/** Whether the process that holds this lease is certainly dead. False where it cannot be known: then time decides. */
export function hasExited(holder: string): boolean {
  const [itsPlace, pid, started] = holder.split('-')
  if (itsPlace !== namespaceId || !pid) return false
  return !isAlive(Number(pid)) || startedAt(Number(pid)) !== started
}
