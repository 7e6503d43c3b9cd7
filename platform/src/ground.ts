import type { Authorizer } from './auth/authorizer.js'
import type { Grants } from './auth/grants.js'
import type { Identities } from './auth/identities.js'
import type { Tokens } from './auth/tokens.js'
import type { Blobs } from './blobs/blobs.js'
import type { Config } from './config.js'
import type { Db } from './db/db.js'
import type { Events } from './events/events.js'
import type { Client } from './protocol/client.js'

/** What a composition root hands to every service; each takes the parts that it needs. */
export interface Ground {
  readonly config: Config
  readonly db: Db<unknown>
  /** The artifacts destination; tables live below `tables/`. */
  readonly blobs: Blobs
  readonly authorizer: Authorizer
  readonly identities: Identities
  readonly grants: Grants
  readonly tokens: Tokens
  /** Where services say what they have changed, after its commit. */
  readonly events: Events
  /** A client of the other services, acting as the bearer of `token`; without one, as the local owner. */
  readonly client: (token?: string) => Client
  readonly now: () => number
}
