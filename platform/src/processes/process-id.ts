import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isAlive } from './is-alive.js'

const attempt = (read: () => string) => {
  try {
    return read()
  } catch {
    return ''
  }
}

/** Identifies the scope in which a process id is unique: a PID namespace on one machine since its last boot. */
const namespaceId = createHash('sha256')
  .update(hostname())
  .update(attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')))
  .update(attempt(() => readlinkSync('/proc/self/ns/pid')))
  .digest('hex')
  .slice(0, 12)

/** Reads field 22 of `stat`, after the command in parentheses. Process ids are reused, but start times are not. */
const startedAt = (pid: number | 'self') =>
  attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19]!) || '0'

/** Returns an id for a lease holder in this process. `hasExited` can check on the same machine if the process still runs. */
export const newProcessId = () =>
  [namespaceId, process.pid, startedAt('self'), randomBytes(6).toString('hex')].join('-')

/** Returns whether `hasExited` can check this holder's process. */
export const isOnThisMachine = (holder: string) => holder.startsWith(`${namespaceId}-`)

/** Returns whether the holder's process has certainly ended. False for another machine, where only expiry ends the lease. */
export function hasExited(holder: string): boolean {
  const [itsPlace, pid, started] = holder.split('-')
  if (itsPlace !== namespaceId || !pid) return false
  return !isAlive(Number(pid)) || startedAt(Number(pid)) !== started
}
