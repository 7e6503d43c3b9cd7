import type { Authorizer } from './auth/authorizer.js'
import type { Grants } from './auth/grants.js'
import type { Identities } from './auth/identities.js'
import type { Passwords } from './auth/passwords.js'
import type { Securables } from './auth/securables.js'
import type { Sessions } from './auth/sessions.js'
import type { Tokens } from './auth/tokens.js'
import type { Blobs } from './blobs/blobs.js'
import type { Config } from './config.js'
import type { Db } from './db/db.js'
import type { Retention } from './db/retention.js'
import type { Events } from './events/events.js'
import type { Client } from './protocol/client.js'
import type { SearchSources } from './search/sources.js'

/** Shared dependencies that the composition root passes to every service. */
export interface ServiceContext {
  readonly config: Config
  readonly db: Db<unknown>
  /** The artifacts destination. Tables are below `tables/`. */
  readonly blobs: Blobs
  readonly authorizer: Authorizer
  readonly identities: Identities
  readonly grants: Grants
  readonly securables: Securables
  readonly tokens: Tokens
  readonly sessions: Sessions
  readonly passwords: Passwords
  /** Announces the changes of services after the commit. */
  readonly events: Events
  /** Creates a client of the other services with the rights of a token or `request.credential()`, or of the local owner. */
  readonly client: (token?: string) => Client
  /** The rules to which services add the rows that they keep for a limited time. */
  readonly retention: Retention
  /** The search to which services add the sources that find their objects. */
  readonly search: SearchSources
  readonly now: () => number
}
