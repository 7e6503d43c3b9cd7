import { readdir, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'

const ROUNDS = 100
const PAUSE_MS = 10

/** Ends the processes of a user that only one task has, also those that left the process group of the task. */
export async function endProcessesOf({ uid }: UnprivilegedUser): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const pids = await processesOf(uid)
    if (pids.length === 0) return
    for (const pid of pids) end(pid)
    await sleep(PAUSE_MS) // until the kernel has removed them
  }
}

async function processesOf(uid: number): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const owners = await Promise.all(
    pids.map((pid) =>
      stat(`/proc/${pid}`).then(
        ({ uid: owner }) => owner,
        () => undefined,
      ),
    ),
  )
  return pids.filter((_, i) => owners[i] === uid).map(Number)
}

function end(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended
  }
}
