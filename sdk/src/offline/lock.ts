import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, type ProcessIdentity, thisProcess } from './process-identity.js'

/**
 * Acquires the lock that keeps two processes from sending a run at the same time. Stale locks of ended processes are
 * broken.
 *
 * @returns a function that releases the lock, or undefined if another process holds it
 */
export async function acquireLock(runFolder: string): Promise<(() => Promise<void>) | undefined> {
  const path = join(runFolder, 'sync.lock')
  const own = `${path}.${crypto.randomUUID()}`
  await writeFile(own, JSON.stringify(thisProcess()))
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      // Creating a hard link is atomic: it appears with its content, and fails if the name exists.
      const taken = await link(own, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? false : Promise.reject(error)),
      )
      if (taken) return () => rm(path, { force: true })
      if (await isLocked(path)) return undefined
      await rename(path, `${own}.stale`).catch(() => {}) // of several processes only one renames it
      await rm(`${own}.stale`, { force: true })
    }
    return undefined
  } finally {
    await rm(own, { force: true })
  }
}

async function isLocked(path: string): Promise<boolean> {
  try {
    return isAlive(JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity)
  } catch {
    return false
  }
}
