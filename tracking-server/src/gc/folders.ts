/** Who has files where. Looked up by the folders above a place, so that it takes as long however many there are. */
export class Folders {
  /** By each folder that its files are in, at any depth. */
  readonly #within = new Map<string, string>()
  readonly #whole = new Map<string, string>()

  /** @param whole whether all that lies below the place is its own */
  put(place: string, name: string, whole: boolean): void {
    for (const folder of upwards(place)) if (!this.#within.has(folder)) this.#within.set(folder, name)
    if (whole && !this.#whole.has(place)) this.#whole.set(place, name)
  }

  /** Names who has files at the place, below it or in all of a folder above, if there is one. */
  find(place: string): string | undefined {
    const inside = this.#within.get(place)
    if (inside !== undefined) return inside
    for (const folder of upwards(place)) {
      const around = this.#whole.get(folder)
      if (around !== undefined) return around
    }
    return undefined
  }
}

/** A place and the folders above it, without the root. */
function* upwards(place: string): Generator<string> {
  for (let end = place.length; end > 0; end = place.lastIndexOf('/', end - 1)) yield place.slice(0, end)
}
