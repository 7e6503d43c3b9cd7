/** One request of a writer. All of its facts are there afterwards, or none. */
interface Write {
  readonly facts: readonly string[]
  acknowledged: boolean
}

/** The values a key was given, in order. The last acknowledged one is there, or one that was sent after it. */
interface Setting {
  readonly value: string
  acknowledged: boolean
}

/**
 * What one writer sent about one run and what was acknowledged. A request whose answer never came may have been
 * carried out: it counts as sent, and may be there whole or not at all.
 */
export class Ledger {
  readonly #writes: Write[] = []
  readonly #settings = new Map<string, Setting[]>()

  /** Facts that only ever add up: points of metrics, parameters. @returns acknowledges the write */
  add(facts: readonly string[]): () => void {
    const write = { facts, acknowledged: false }
    this.#writes.push(write)
    return () => {
      write.acknowledged = true
    }
  }

  /** A value that replaces the one before: a tag, a file. */
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

  /** Everything in which what was found differs from what was acknowledged, in words; empty when all is well. */
  differences(facts: ReadonlySet<string>, settings: ReadonlyMap<string, string>): string[] {
    return [...this.#lostOrTorn(facts), ...this.#neverSent(facts, settings), ...this.#wrongValues(settings)]
  }

  *#lostOrTorn(found: ReadonlySet<string>) {
    for (const { facts, acknowledged } of this.#writes) {
      const present = facts.filter((fact) => found.has(fact)).length
      if (acknowledged && present < facts.length)
        yield `acknowledged, but ${facts.length - present} of ${facts.length} are lost: ${facts.find((fact) => !found.has(fact))}`
      if (!acknowledged && present > 0 && present < facts.length)
        yield `unanswered, and ${present} of ${facts.length} are there: ${facts[0]}`
    }
  }

  *#neverSent(facts: ReadonlySet<string>, settings: ReadonlyMap<string, string>) {
    const sent = new Set(this.#writes.flatMap((write) => write.facts))
    for (const fact of facts) if (!sent.has(fact)) yield `never sent, but there: ${fact}`
    for (const key of settings.keys()) if (!this.#settings.has(key)) yield `never sent, but there: ${key}`
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
