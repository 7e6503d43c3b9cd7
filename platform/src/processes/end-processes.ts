import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UnprivilegedUser } from './unprivileged-user.js'

const ROUNDS = 100
const PAUSE_MS = 10
/** Sends one signal to all processes except the sender, even to those that fork faster than anybody can list them. */
const KILL_ALL = '[ "$(id -u)" = "$1" ] && kill -KILL -1'

/**
 * Ends all processes of a user that only one attempt has, including those that left its process group.
 *
 * @throws Error if some remain
 */
export async function endProcessesOf({ uid, gid }: UnprivilegedUser): Promise<void> {
  if (!Number.isInteger(uid) || uid <= 0)
    throw new TypeError(`The processes of user ${uid} must not be ended`)
  for (let round = 0; round < ROUNDS; round++) {
    if (!(await hasProcesses(uid))) return
    await killAll({ uid, gid })
    await sleep(PAUSE_MS) // until the kernel has removed them
  }
  throw new Error(`Processes of user ${uid} could not be ended`)
}

/** Sends the signal as the user, who cannot signal processes of others. One of the user's processes may kill the sender. */
function killAll(user: UnprivilegedUser): Promise<void> {
  return new Promise((resolve) => {
    const options = { uid: user.uid, gid: user.gid, cwd: '/', env: { PATH: '/usr/bin:/bin' } }
    const sender = spawn('/bin/sh', ['-c', KILL_ALL, 'sh', String(user.uid)], { ...options, stdio: 'ignore' })
    sender.once('error', () => resolve())
    sender.once('exit', () => resolve())
  })
}

async function hasProcesses(uid: number): Promise<boolean> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(pids.map((pid) => belongsTo(pid, uid)))
  return found.includes(true)
}

/** Reads the status, because root owns the files in `/proc` of undumpable processes. Zombies only wait for their parent. */
async function belongsTo(pid: string, uid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '')
  if (/^State:\s+[ZX]/m.test(status)) return false
  const users = /^Uid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? []
  return users.includes(String(uid))
}
