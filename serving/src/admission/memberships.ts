import type { Principal } from '@cairn/platform/auth/principal'

type Names = ReadonlySet<string>

const MAX_AGE_MS = 1_000
const MAX_ENTRIES = 10_000

/** The groups of principals, read at most once a second for each. */
export class Memberships {
  readonly #read: (principal: Principal) => Promise<Names>
  readonly #now: () => number
  readonly #recent = new Map<string, { readonly names: Promise<Names>; readonly since: number }>()

  constructor(read: (principal: Principal) => Promise<Names>, now: () => number = () => performance.now()) {
    this.#read = read
    this.#now = now
  }

  /** The ids and names of the principal and of the groups that contain it, also indirectly. */
  of(principal: Principal): Promise<Names> {
    const now = this.#now()
    const known = this.#recent.get(principal.id)
    if (known && now - known.since < MAX_AGE_MS) return known.names
    if (this.#recent.size >= MAX_ENTRIES) this.#recent.clear()
    const names = this.#read(principal)
    this.#recent.set(principal.id, { names, since: now })
    names.catch(() => this.#recent.delete(principal.id))
    return names
  }
}
