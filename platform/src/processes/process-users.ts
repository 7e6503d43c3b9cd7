import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ApiError, invalid } from '../errors.js'
import { endProcessesOf } from './end-processes.js'
import { childEnvironment } from './environment.js'
import type { UnprivilegedUser } from './unprivileged-user.js'
import { UserLocks } from './user-locks.js'
import { openWorkRoot } from './work-root.js'

/** The least number. Lower ones are users of the system and of people. */
const LEAST = 1000

export interface UserLease {
  readonly user: UnprivilegedUser
  /** The path of the user's working folder, which the holder creates and `release` removes. */
  readonly folder: string
  /** Ends the user's processes and removes its folder. The user is not used again if that fails. */
  release(): Promise<void>
}

/**
 * Users without an account. Each attempt and each installation gets one, so that the kernel keeps them apart from each other
 * and from the server. Processes of the same machine share the range.
 */
export class ProcessUsers {
  readonly #first: number
  readonly #last: number
  readonly #root: string
  readonly #locks: UserLocks
  readonly #taken = new Set<number>()
  #opened: Promise<void> | undefined

  /** @param range `first-last`; the first number is the group of all. @throws INVALID_PARAMETER_VALUE */
  constructor(range: string, root: string) {
    const [first = 0, last = 0] = range.split('-').map(Number)
    if (first < LEAST || last <= first || last > 2 ** 31)
      throw invalid(`CAIRN_TASK_USERS: '${range}' is not a range of two or more user numbers from ${LEAST}.`)
    this.#first = first
    this.#last = last
    this.#root = root
    this.#locks = new UserLocks(join(root, 'locks'))
  }

  /** Frees the users of processes that have ended, once. */
  open(): Promise<void> {
    this.#opened ??= this.#open().catch((error) => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  /** Leases a user. @throws RESOURCE_EXHAUSTED, FEATURE_DISABLED without `setpriv`, INVALID_STATE without a safe folder */
  async acquire(): Promise<UserLease> {
    requireSetpriv()
    await this.open()
    const count = this.#last - this.#first
    const start = Math.floor(Math.random() * count)
    for (let i = 0; i < count; i++) {
      const lease = await this.#acquire(this.#first + 1 + ((start + i) % count))
      if (lease) return lease
    }
    throw new ApiError(
      'RESOURCE_EXHAUSTED',
      `CAIRN_TASK_USERS: all ${count} users run tasks; extend the range.`,
    )
  }

  async #open() {
    await openWorkRoot(this.#root)
    await this.#locks.open()
    for (const uid of await this.#locks.list()) {
      const lease = await this.#acquire(uid)
      await lease?.release()
    }
  }

  async #acquire(uid: number): Promise<UserLease | undefined> {
    if (this.#taken.has(uid)) return undefined
    this.#taken.add(uid)
    const unlock = await this.#locks.acquire(uid).catch((error) => {
      this.#taken.delete(uid)
      throw error
    })
    if (!unlock) {
      this.#taken.delete(uid)
      return undefined
    }
    const user = { uid, gid: this.#first }
    const folder = join(this.#root, String(uid))
    // A user that cannot be freed stays taken and locked while this process runs.
    if (!(await free(user, folder))) return undefined
    const release = async () => {
      if (!(await free(user, folder))) return
      await unlock()
      this.#taken.delete(uid)
    }
    return { user, folder, release }
  }
}

/** Ends the processes of the user and deletes its folder. Returns whether both succeeded. */
const free = (user: UnprivilegedUser, folder: string): Promise<boolean> =>
  endProcessesOf(user)
    .then(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
    .then(
      () => true,
      () => false,
    )

/** Requires `setpriv`: without it, a file with the setuid bit would let one task become the user of another. */
function requireSetpriv() {
  const paths = childEnvironment('/').PATH!.split(':')
  if (paths.some((path) => existsSync(join(path, 'setpriv')))) return
  throw new ApiError(
    'FEATURE_DISABLED',
    'setpriv is missing, so that code could gain privileges by files with the setuid bit: install util-linux.',
  )
}
