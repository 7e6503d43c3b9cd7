/** Maps folders to the owners of files in them. A lookup visits the ancestors of a path, however many owners there are. */
export class FolderIndex {
  /** An owner of files at any depth in each folder. */
  readonly #contents = new Map<string, string>()
  /** Owners of whole folders. */
  readonly #owned = new Map<string, string>()

  /** @param ownsAll whether everything in the folder belongs to the owner */
  put(path: string, owner: string, ownsAll: boolean): void {
    for (const folder of ancestors(path)) if (!this.#contents.has(folder)) this.#contents.set(folder, owner)
    if (ownsAll && !this.#owned.has(path)) this.#owned.set(path, owner)
  }

  /** Returns an owner of files in the folder, or of a folder that contains it. */
  find(path: string): string | undefined {
    const inside = this.#contents.get(path)
    if (inside !== undefined) return inside
    for (const folder of ancestors(path)) {
      const owner = this.#owned.get(folder)
      if (owner !== undefined) return owner
    }
    return undefined
  }
}

/** A path and its ancestors, without the root. */
function* ancestors(path: string): Generator<string> {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) yield path.slice(0, end)
}
