import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, type ProcessIdentity, thisProcess } from './process-identity.js'

/**
 * Keeps two processes from sending one run at a time. The lock of a process that has ended is no lock.
 *
 * @returns the function that gives it back, or undefined while another process has it.
 */
export async function lock(runFolder: string): Promise<(() => Promise<void>) | undefined> {
  const path = join(runFolder, 'sync.lock')
  const own = `${path}.${crypto.randomUUID()}`
  await writeFile(own, JSON.stringify(thisProcess()))
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      // A link appears with its content and only if the name is free.
      const taken = await link(own, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? false : Promise.reject(error)),
      )
      if (taken) return () => rm(path, { force: true })
      if (await isHeld(path)) return undefined
      await rename(path, `${own}.stale`).catch(() => {}) // only one of several gets it out of the way
      await rm(`${own}.stale`, { force: true })
    }
    return undefined
  } finally {
    await rm(own, { force: true })
  }
}

async function isHeld(path: string): Promise<boolean> {
  try {
    return isAlive(JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity)
  } catch {
    return false
  }
}
