import type { Readable } from 'node:stream'
import type { OnSkipped, SourceFile, SourceFiles } from '../copying/sources/source.js'

/** Keeps the first error of a source's files: an upload reports it as an error of the target. */
export class WatchedFiles implements SourceFiles {
  failure: unknown
  readonly #files: SourceFiles

  constructor(files: SourceFiles) {
    this.#files = files
  }

  async *list(onSkipped?: OnSkipped): AsyncGenerator<SourceFile> {
    try {
      yield* this.#files.list(onSkipped)
    } catch (error) {
      throw this.#keep(error)
    }
  }

  async open(path: string): Promise<Readable> {
    try {
      const file = await this.#files.open(path)
      return file.once('error', (error) => {
        // An upload that the target refuses stops reading, which destroys the file with this error.
        if (error.name !== 'AbortError') this.#keep(error)
      })
    } catch (error) {
      throw this.#keep(error)
    }
  }

  #keep(error: unknown): unknown {
    this.failure ??= error
    return error
  }
}

export const unreadableArtifacts = (owner: string, reason: string) =>
  `The artifacts of the ${owner} cannot be read: ${reason}`
