import type { Ledger } from './ledger.js'

/** Maps the artifact URIs of migrated runs and models to their new URIs. */
export class MigratedUris {
  readonly #uris = new Map<string, string>()

  constructor(ledger: Ledger) {
    for (const { from, uri } of [...ledger.list('run'), ...ledger.list('logged model')])
      if (from) this.#uris.set(normalize(from), uri)
  }

  /** Translates a URI at or below a migrated one; returns any other unchanged. */
  translate(uri: string): string {
    const normalized = normalize(uri)
    for (let end = normalized.length; end > 0; end = normalized.lastIndexOf('/', end - 1)) {
      const migrated = this.#uris.get(normalized.slice(0, end))
      if (migrated !== undefined) return migrated + normalized.slice(end)
    }
    return uri
  }
}

/** One spelling for local paths, without a trailing slash. */
const normalize = (uri: string) => uri.replace(/^file:(\/\/)?(?=\/)/, '').replace(/\/+$/, '')
