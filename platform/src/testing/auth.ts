import { Authorizer } from '../auth/authorizer.js'
import { Grants } from '../auth/grants.js'
import { Identities } from '../auth/identities.js'
import { Passwords } from '../auth/passwords.js'
import { Securables } from '../auth/securables.js'
import { Sessions } from '../auth/sessions.js'
import { Tokens } from '../auth/tokens.js'
import { migrate } from '../db/migrate.js'
import type { TestDatabase } from './databases.js'

/**
 * Creates identities, tokens, grants and the authorizer on a new database. Tests set the time by `clock.now`.
 *
 * @param isEmpty whether the tables of services are missing, for tests of their migrations
 */
export async function testAuth(database: TestDatabase, { isEmpty = false } = {}) {
  const { db, close } = await database.open({ isEmpty })
  await migrate(db, 'auth', new URL('../auth/migrations/', import.meta.url))
  const clock = { now: 1_700_000_000_000 }
  const now = () => clock.now
  const identities = new Identities(db.for(), now)
  await identities.bootstrap()
  return {
    db,
    clock,
    close,
    identities,
    tokens: new Tokens(db.for(), now),
    sessions: new Sessions(db.for(), { idleSeconds: 3_600, lifetimeSeconds: 86_400 }, now),
    passwords: new Passwords(db.for(), now),
    grants: new Grants(db.for(), now),
    securables: new Securables(db.for()),
    authorizer: new Authorizer(db.for(), now),
  }
}

export type TestAuth = Awaited<ReturnType<typeof testAuth>>
