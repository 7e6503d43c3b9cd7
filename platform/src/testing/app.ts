import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { AuditLog } from '../audit/audit-log.js'
import { authenticator } from '../auth/authenticate.js'
import { Authorizer } from '../auth/authorizer.js'
import type { DefaultAccess } from '../auth/decide.js'
import { Grants } from '../auth/grants.js'
import { Identities } from '../auth/identities.js'
import { Passwords } from '../auth/passwords.js'
import { Securables } from '../auth/securables.js'
import { Sessions } from '../auth/sessions.js'
import { Tokens } from '../auth/tokens.js'
import { openBlobs } from '../blobs/open.js'
import { type Config, loadConfig } from '../config.js'
import { migrate } from '../db/migrate.js'
import { Retention } from '../db/retention.js'
import { openEvents } from '../events/events.js'
import { createApp } from '../http/app.js'
import { inProcess } from '../http/in-process.js'
import { createClient } from '../protocol/client.js'
import { SearchSources } from '../search/sources.js'
import type { ServiceContext } from '../service-context.js'
import { databases, type TestDatabase } from './databases.js'
import { silentLog } from './silent-log.js'

export interface TestApp {
  readonly app: FastifyInstance
  readonly context: ServiceContext
  close(): Promise<void>
}

interface TestAppOptions {
  readonly database?: TestDatabase
  readonly now?: () => number
  readonly settings?: Partial<Config>
  readonly defaults?: DefaultAccess
  /** Default true. */
  readonly isAudited?: boolean
}

/** Starts an application on a new database and a temporary folder. @param register adds the services under test */
export async function testApp(
  register: (app: FastifyInstance, context: ServiceContext) => Promise<void>,
  {
    database = databases[0]![1],
    now = Date.now,
    settings = {},
    defaults = {},
    isAudited = true,
  }: TestAppOptions = {},
): Promise<TestApp> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-app-'))
  const { url, db, close } = await database.open()
  const config = loadConfig({}, { ...settings, data: folder, database_url: url })
  await migrate(db, 'auth', new URL('../auth/migrations/', import.meta.url))
  const tokens = new Tokens(db.for(), now)
  const identities = new Identities(db.for(), now)
  const authorizer = new Authorizer(db.for(), now, defaults)
  await identities.bootstrap()
  const events = await openEvents(db, silentLog, { now })
  const limits = { idleSeconds: config.session_idle_timeout, lifetimeSeconds: config.session_lifetime }
  const sessions = new Sessions(db.for(), limits, now)
  const passwords = new Passwords(db.for(), now)
  const authenticate = authenticator({ tokens, sessions, passwords, localOwner: config.auth === 'local' })
  const audit = new AuditLog({
    ...{ db: db.for(), authorizer, now, rowsPerMinute: config.audit_rows_per_minute },
    onError: () => undefined,
  })
  const app = await createApp({
    logger: false,
    authenticate,
    authorizer,
    sessions,
    publicUrl: config.public_url,
    trustedProxies: config.trusted_proxies.split(',').filter(Boolean),
    allowedHosts: [],
    ready: [],
    ...(isAudited && { audit }),
  })
  const blobs = await openBlobs(join(folder, 'artifacts'))
  const client = (token?: string) =>
    createClient('http://127.0.0.1', { fetch: inProcess(app), ...(token && { token }) })
  const context = {
    config,
    db,
    blobs,
    authorizer,
    identities,
    grants: new Grants(db.for(), now),
    securables: new Securables(db.for()),
    tokens,
    sessions,
    passwords,
    events,
    client,
    retention: new Retention({ onError: () => undefined, now }),
    search: new SearchSources(),
    now,
  }
  await register(app, context)
  await app.ready()
  audit.start()
  return {
    app,
    context,
    async close() {
      await app.close()
      await audit.close()
      await events.close()
      await close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
