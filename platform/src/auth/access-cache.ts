import type { Engine } from '../db/db.js'

const MAX_AGE_MS = 1_000
const MAX_ENTRIES = 10_000

const versions = new WeakMap<Engine, number>()

/** Must be called after each commit that changes principals, memberships, tokens or grants. */
export function noteAccessChange({ engine }: { readonly engine: Engine }): void {
  versions.set(engine, versionOf(engine) + 1)
}

const versionOf = (engine: Engine) => versions.get(engine) ?? 0

interface Entry<Value> {
  readonly value: Value
  readonly since: number
}

/**
 * Caches facts about access, so that frequent requests need no query. A change by this process takes effect at once, one by
 * another process within a second.
 */
export class AccessCache<Value> {
  readonly #engine: Engine
  readonly #now: () => number
  readonly #entries = new Map<string, Entry<Value>>()
  #version = 0

  constructor({ engine }: { readonly engine: Engine }, now: () => number) {
    this.#engine = engine
    this.#now = now
  }

  find(key: string): Value | undefined {
    if (this.#version !== versionOf(this.#engine)) this.#clear()
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    const age = this.#now() - entry.since
    return age >= 0 && age < MAX_AGE_MS ? entry.value : undefined // negative after the clock was set back
  }

  /** Caches the value that `load` returns, unless it is undefined or access changes meanwhile. */
  async load<Loaded extends Value | undefined>(key: string, load: () => Promise<Loaded>): Promise<Loaded> {
    const version = versionOf(this.#engine)
    const since = this.#now()
    const value = await load()
    if (value === undefined || version !== versionOf(this.#engine)) return value
    if (this.#version !== version || this.#entries.size >= MAX_ENTRIES) this.#clear()
    this.#entries.set(key, { value, since })
    return value
  }

  #clear() {
    this.#entries.clear()
    this.#version = versionOf(this.#engine)
  }
}
