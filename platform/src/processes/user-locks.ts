import { mkdir, mkdtemp, readdir, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasExited, isOnThisMachine, newProcessId } from './process-id.js'

const RENEW_MS = 60_000
/** The time without renewal after which a holder in another container, or before a restart of the machine, has ended. */
const EXPIRY_MS = 15 * RENEW_MS

/**
 * Locks of user numbers among the processes of a machine: `UID/HOLDER` in a folder that only root may enter. A file is
 * renamed to take a lock over, which only one process can do.
 */
export class UserLocks {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
  }

  /** Lists the users with a lock, including locks of processes that have ended. */
  async list(): Promise<number[]> {
    return (await readdir(this.#folder)).filter((name) => /^\d+$/.test(name)).map(Number)
  }

  /** Locks a user. @returns a function that releases the lock; undefined while another process holds it */
  async acquire(uid: number): Promise<(() => Promise<void>) | undefined> {
    const folder = join(this.#folder, String(uid))
    const file = join(folder, newProcessId())
    if (!(await this.#take(folder, file))) return undefined
    const renew = () => void utimes(file, new Date(), new Date()).catch(() => undefined)
    const timer = setInterval(renew, RENEW_MS).unref()
    return async () => {
      clearInterval(timer)
      await rm(file, { force: true })
      await rmdir(folder).catch(() => undefined) // another process took it
    }
  }

  async #take(folder: string, file: string): Promise<boolean> {
    const [holder] = await readdir(folder).catch(() => [])
    if (holder === undefined) return this.#create(folder, file)
    const held = join(folder, holder)
    if (!(await isStale(holder, held))) return false
    const taken = await succeeds(rename(held, file))
    if (taken) await utimes(file, new Date(), new Date())
    return taken
  }

  /** Renames a new folder into place, which fails if the folder exists with a file in it. */
  async #create(folder: string, file: string): Promise<boolean> {
    const draft = await mkdtemp(join(this.#folder, 'new-'))
    await writeFile(join(draft, file.slice(folder.length + 1)), '')
    const created = await succeeds(rename(draft, folder))
    if (!created) await rm(draft, { recursive: true, force: true })
    return created
  }
}

async function isStale(holder: string, path: string): Promise<boolean> {
  if (isOnThisMachine(holder)) return hasExited(holder)
  const status = await stat(path).catch(() => undefined)
  return status !== undefined && Date.now() - status.mtimeMs > EXPIRY_MS
}

const succeeds = (action: Promise<unknown>) =>
  action.then(
    () => true,
    () => false,
  )
