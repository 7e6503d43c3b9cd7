import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import { oneSpelling } from '@cairn/platform/blobs/places'
import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { GetModelVersionDownloadUri, SearchModelVersions } from '@cairn/platform/protocol/model-versions'

interface Held {
  readonly name: string
  readonly location: string
}

/** Whose files registered versions are: these stay, whoever deleted the run. */
export class Holders {
  readonly #versions: readonly Held[]

  private constructor(versions: readonly Held[]) {
    this.#versions = versions
  }

  /** @throws FAILED_PRECONDITION where no registry is served: then nobody knows what is in use */
  static async ask(call: Client): Promise<Holders> {
    const versions: Held[] = []
    let page_token: string | undefined
    do {
      const page = await call(SearchModelVersions, {
        max_results: 1000,
        ...(page_token && { page_token }),
      }).catch(noRegistry)
      for (const { name, version, source } of page.model_versions ?? []) {
        if (!source) continue // it has no files
        versions.push({
          name: `models:/${name}/${version}`,
          location: spelled(
            source.startsWith('models:')
              ? (await call(GetModelVersionDownloadUri, { name, version })).artifact_uri
              : source,
          ),
        })
      }
      page_token = page.next_page_token
    } while (page_token)
    return new Holders(versions)
  }

  /** Names a version that has files at the location or below it, if there is one. */
  find(uri: string): string | undefined {
    const root = spelled(uri)
    return this.#versions.find(({ location }) => isWithin(location, root) || isWithin(root, location))?.name
  }
}

const isWithin = (location: string, root: string) => location === root || location.startsWith(`${root}/`)

/** However a source is spelled, its files must not go. */
const spelled = (uri: string) => withoutTrailingSlashes(oneSpelling(uri).replace(/\/{2,}/g, '/'))

function noRegistry(error: unknown): never {
  if (error instanceof ApiError && error.code === 'ENDPOINT_NOT_FOUND')
    throw new ApiError(
      'FAILED_PRECONDITION',
      'Garbage is collected by a server that has the registry too: without it nobody knows which files registered models use.',
      { cause: error },
    )
  throw error
}
