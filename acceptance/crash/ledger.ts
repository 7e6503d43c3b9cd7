/** One request of a writer: all of its facts are stored, or none. */
interface Write {
  readonly facts: readonly string[]
  acknowledged: boolean
}

/** One value of a key. The stored value is the last acknowledged one, or one sent after it. */
interface Setting {
  readonly value: string
  acknowledged: boolean
}

/**
 * Records the writes of one writer to one run, and which were acknowledged. An unacknowledged write may have been applied, but only as
 * a whole.
 */
export class Ledger {
  readonly #writes: Write[] = []
  readonly #settings = new Map<string, Setting[]>()

  /** Records facts that accumulate: metric points, parameters. @returns a function that acknowledges the write */
  add(facts: readonly string[]): () => void {
    const write = { facts, acknowledged: false }
    this.#writes.push(write)
    return () => {
      write.acknowledged = true
    }
  }

  /** Records a value that replaces the one before: a tag, a file. */
  set(key: string, value: string): () => void {
    const setting = { value, acknowledged: false }
    this.#settings.set(key, [...(this.#settings.get(key) ?? []), setting])
    return () => {
      setting.acknowledged = true
    }
  }

  get acknowledged(): number {
    const settings = [...this.#settings.values()].flat()
    return [...this.#writes, ...settings].filter((one) => one.acknowledged).length
  }

  get unanswered(): number {
    const settings = [...this.#settings.values()].flat()
    return [...this.#writes, ...settings].filter((one) => !one.acknowledged).length
  }

  /** Differences between the stored and the recorded state, one sentence each; empty when they agree. */
  differences(facts: ReadonlySet<string>, settings: ReadonlyMap<string, string>): string[] {
    return [...this.#lostOrTorn(facts), ...this.#neverSent(facts, settings), ...this.#wrongValues(settings)]
  }

  *#lostOrTorn(found: ReadonlySet<string>) {
    for (const { facts, acknowledged } of this.#writes) {
      const present = facts.filter((fact) => found.has(fact)).length
      if (acknowledged && present < facts.length)
        yield `acknowledged, but ${facts.length - present} of ${facts.length} are lost: ${facts.find((fact) => !found.has(fact))}`
      if (!acknowledged && present > 0 && present < facts.length)
        yield `unacknowledged, but ${present} of ${facts.length} are stored: ${facts[0]}`
    }
  }

  *#neverSent(facts: ReadonlySet<string>, settings: ReadonlyMap<string, string>) {
    const sent = new Set(this.#writes.flatMap((write) => write.facts))
    for (const fact of facts) if (!sent.has(fact)) yield `never sent, but stored: ${fact}`
    for (const key of settings.keys()) if (!this.#settings.has(key)) yield `never sent, but stored: ${key}`
  }

  *#wrongValues(found: ReadonlyMap<string, string>) {
    for (const [key, sent] of this.#settings) {
      const last = sent.findLastIndex((setting) => setting.acknowledged)
      const possible = sent.slice(Math.max(last, 0)).map((setting) => setting.value)
      const value = found.get(key)
      if (value === undefined ? last >= 0 : !possible.includes(value))
        yield `${key} is ${value ?? 'missing'}; it can only be ${possible.join(' or ')}`
    }
  }
}
