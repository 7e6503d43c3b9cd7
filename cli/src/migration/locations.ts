import type { Ledger } from './ledger.js'

/** Where the files of runs and models are now, by where they were. */
export class Locations {
  readonly #uris = new Map<string, string>()

  constructor(ledger: Ledger) {
    for (const { from, uri } of [...ledger.list('run'), ...ledger.list('logged model')])
      if (from) this.#uris.set(plain(from), uri)
  }

  /** A URI at or below one that has moved; any other stays as it is. */
  of(uri: string): string {
    const whole = plain(uri)
    for (let end = whole.length; end > 0; end = whole.lastIndexOf('/', end - 1)) {
      const moved = this.#uris.get(whole.slice(0, end))
      if (moved !== undefined) return moved + whole.slice(end)
    }
    return uri
  }
}

/** One spelling of a local path, and no slash at the end. */
const plain = (uri: string) => uri.replace(/^file:(\/\/)?(?=\/)/, '').replace(/\/+$/, '')
