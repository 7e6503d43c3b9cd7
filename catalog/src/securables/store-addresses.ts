import { type Caller, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { gatewayRoot } from '@cairn/platform/blobs/gateway-address'
import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import type { Config } from '@cairn/platform/config'
import { isWithin } from './location.js'

/** Folders of managed data in the store. */
const MANAGED = ['tables', 'volumes']

/**
 * Translates between locations in the database and URIs on the wire (ADR 39). The location of managed data is its key in
 * the server's store, so that the store can be moved; the location of external data is its URI.
 */
export class StoreAddresses {
  readonly #blobs: Blobs
  readonly #localPaths: boolean
  readonly #localOwner: boolean
  readonly #gateway: string

  constructor(blobs: Blobs, { local_table_paths, auth }: Pick<Config, 'local_table_paths' | 'auth'>) {
    this.#blobs = blobs
    this.#localPaths = local_table_paths
    this.#localOwner = auth === 'local'
    this.#gateway = gatewayRoot(blobs.uri(''))
  }

  /** Returns the URI at which the caller reaches a location. */
  uri(location: string, caller: Caller): string {
    if (!isManaged(location)) return location
    return this.#localPaths || (this.#localOwner && isOnThisMachine(caller))
      ? this.#blobs.uri(location)
      : `${this.#gateway}/${location}`
  }

  /** Returns the location of a URI. For managed data it is a key; all spellings that `uri` returns are recognized. */
  location(uri: string): string {
    const path = withoutTrailingSlashes(uri)
    for (const folder of MANAGED)
      for (const root of [this.#blobs.uri(folder), `${this.#gateway}/${folder}`])
        if (path !== root && isWithin(path, root)) return `${folder}${path.slice(root.length)}`
    return path
  }

  /** Locations that external data must not overlap. */
  get reserved(): string[] {
    return [this.#blobs.uri(''), ...MANAGED.map((folder) => `${this.#gateway}/${folder}`)]
  }
}

/** Returns whether a location is a key of the store. */
export const isManaged = (location: string) => !/^[a-z][a-z0-9+.-]*:/i.test(location)

/** Requests without credentials act as the owner only if they come from this machine and through no proxy. */
const isOnThisMachine = ({ id, token, session, via }: Caller) =>
  id === LOCAL_OWNER.id && !token && !session && via !== 'password'
