/** Who has files where. Looked up by the folders above a place, so that it takes as long however many there are. */
export class FolderIndex {
  /** By each folder that its files are in, at any depth. */
  readonly #contents = new Map<string, string>()
  readonly #owned = new Map<string, string>()

  /** @param whole whether all that lies below the place is its own */
  put(place: string, name: string, whole: boolean): void {
    for (const folder of ancestors(place)) if (!this.#contents.has(folder)) this.#contents.set(folder, name)
    if (whole && !this.#owned.has(place)) this.#owned.set(place, name)
  }

  /** Names who has files at the place, below it or in all of a folder above, if there is one. */
  find(place: string): string | undefined {
    const inside = this.#contents.get(place)
    if (inside !== undefined) return inside
    for (const folder of ancestors(place)) {
      const around = this.#owned.get(folder)
      if (around !== undefined) return around
    }
    return undefined
  }
}

/** A place and the folders above it, without the root. */
function* ancestors(place: string): Generator<string> {
  for (let end = place.length; end > 0; end = place.lastIndexOf('/', end - 1)) yield place.slice(0, end)
}
