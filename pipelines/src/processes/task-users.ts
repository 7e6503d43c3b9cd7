import { invalid } from '@cairn/platform/errors'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'

/** Below are users of the system and of people. */
const LEAST = 1000

export interface UserLease {
  readonly user: UnprivilegedUser
  release(): void
}

/** Users without an account, of which each running task gets one: the kernel then keeps tasks apart from each other and from the server. */
export class TaskUsers {
  readonly #first: number
  readonly #last: number
  readonly #taken = new Set<number>()

  /** @param range `first-last`; the first number is the group of all. @throws INVALID_PARAMETER_VALUE */
  constructor(range: string) {
    const [first = 0, last = 0] = range.split('-').map(Number)
    if (first < LEAST || last <= first || last > 2 ** 31)
      throw invalid(`CAIRN_TASK_USERS: '${range}' is not a range of two or more user numbers from ${LEAST}.`)
    this.#first = first
    this.#last = last
  }

  /** Chooses at random, because another server on this machine may use the same numbers. */
  acquire(): UserLease {
    const count = this.#last - this.#first
    if (this.#taken.size >= count)
      throw invalid(`CAIRN_TASK_USERS: all ${count} users run tasks; extend the range.`)
    let uid: number
    do uid = this.#first + 1 + Math.floor(Math.random() * count)
    while (this.#taken.has(uid))
    this.#taken.add(uid)
    return { user: { uid, gid: this.#first }, release: () => void this.#taken.delete(uid) }
  }
}
