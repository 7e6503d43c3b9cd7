import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { AuditLog } from '@cairn/platform/audit/audit-log'
import { authenticator } from '@cairn/platform/auth/authenticate'
import { Authorizer } from '@cairn/platform/auth/authorizer'
import { Grants } from '@cairn/platform/auth/grants'
import { Identities } from '@cairn/platform/auth/identities'
import { Passwords } from '@cairn/platform/auth/passwords'
import { Securables } from '@cairn/platform/auth/securables'
import { Sessions } from '@cairn/platform/auth/sessions'
import { Tokens } from '@cairn/platform/auth/tokens'
import { openBlobs, storeUri } from '@cairn/platform/blobs/open'
import { type Config, s3Options } from '@cairn/platform/config'
import { migrate } from '@cairn/platform/db/migrate'
import { openDb } from '@cairn/platform/db/open'
import { Retention } from '@cairn/platform/db/retention'
import { openEvents } from '@cairn/platform/events/events'
import { createApp } from '@cairn/platform/http/app'
import { inProcess } from '@cairn/platform/http/in-process'
import type { Log } from '@cairn/platform/jobs/deliver'
import { createClient } from '@cairn/platform/protocol/client'
import { SearchSources } from '@cairn/platform/search/sources'
import type { ServiceContext } from '@cairn/platform/service-context'
import { configureDuckDb } from '@cairn/platform/tables/duckdb'
import { configureTableCache } from '@cairn/platform/tables/local-files'
import type { FastifyInstance } from 'fastify'
import { fetchOrExplain } from '../client/unreachable.js'
import { authRetention } from './auth-retention.js'
import { openDataFolder } from './data-folder.js'
import { readMlflowAuth } from './mlflow-auth/read-config.js'
import { makePrivate, type Privacy } from './private-files.js'
import { readiness } from './readiness.js'
import { allowedHosts } from './server-url.js'
import { callsServer } from './services.js'
import { upgradeNotes } from './upgrade-notes.js'
import { uploadRetention } from './upload-retention.js'

type OpenedStores = Omit<ServiceContext, 'client' | 'events' | 'retention'> & {
  /** The privileges that an upgrade of the database granted, one sentence each. */
  readonly notes: readonly string[]
}

/** Opens the configured database and stores: everything of the context except `client` and `events`. */
async function openStores(config: Config): Promise<OpenedStores> {
  await openDataFolder(config.data)
  const db = openDb<unknown>(config.database_url)
  const folder = new URL('./migrations/', import.meta.resolve('@cairn/platform/auth/schema'))
  const applied = await migrate(db, 'auth', folder)
  const identities = new Identities(db.for())
  await identities.bootstrap()
  configureDuckDb({ tempFolder: join(config.data, 'cache', 'duckdb') })
  configureTableCache({ folder: join(config.data, 'cache', 'tables') })
  return {
    config,
    db,
    blobs: await openBlobs(storeUri(config), s3Options(config)),
    authorizer: new Authorizer(db.for(), Date.now, readMlflowAuth(config)?.defaults),
    identities,
    grants: new Grants(db.for()),
    securables: new Securables(db.for()),
    tokens: new Tokens(db.for()),
    sessions: new Sessions(db.for(), {
      idleSeconds: config.session_idle_timeout,
      lifetimeSeconds: config.session_lifetime,
    }),
    passwords: new Passwords(db.for()),
    search: new SearchSources(),
    now: Date.now,
    notes: await upgradeNotes(db.for(), applied),
  }
}

function retentionOf(
  { db, config, blobs }: Pick<ServiceContext, 'db' | 'config' | 'blobs'>,
  log: Log,
): Retention {
  const retention = new Retention({
    onError: (error, { name }) => log.warn({ err: error }, `old ${name} could not be deleted`),
  })
  retention.add(...authRetention(db.for(), config), uploadRetention(blobs))
  return retention
}

/** Creates clients of the server that runs the services which this process leaves out. */
function clientOf({ tracking_url, tracking_token }: Config): ServiceContext['client'] {
  const server = tracking_url.replace(/\/$/, '')
  const fetch = fetchOrExplain(`The server ${server} of CAIRN_TRACKING_URL cannot be reached.`)
  return (token = tracking_token) => createClient(server, { fetch, ...(token && { token }) })
}

/** Creates the application without routes and the context of a server, whose services call each other in process, or on the server of `tracking_url`. */
export async function createServiceContext(
  config: Config,
): Promise<{ app: FastifyInstance; context: ServiceContext }> {
  const hosts = allowedHosts(config)
  const { notes, ...opened } = await openStores(config)
  const { authorizer, tokens, sessions, passwords, blobs, db } = opened
  const { checks, close: closeChecks } = readiness(config, db, blobs)
  const internalSecret = randomBytes(32).toString('base64url')
  const audit = new AuditLog({
    ...{ db: db.for(), authorizer, now: opened.now, rowsPerMinute: config.audit_rows_per_minute },
    onError: (error) => app.log.error({ err: error }, 'audit rows could not be written'),
  })
  const app = await createApp({
    logger: config.log_level === 'silent' ? false : { level: config.log_level },
    authenticate: authenticator({
      tokens,
      sessions,
      passwords,
      localOwner: config.auth === 'local',
      internalSecret,
    }),
    authorizer,
    sessions,
    publicUrl: config.public_url,
    trustedProxies: config.trusted_proxies.split(',').filter(Boolean),
    allowedHosts: hosts,
    allowedOrigins: config.cors_allowed_origins.split(',').filter(Boolean),
    frameOptions: config.x_frame_options === 'NONE' ? '' : config.x_frame_options,
    unguarded: config.disable_security_middleware,
    ready: checks,
    audit,
  })
  for (const note of notes) app.log.warn({ note }, 'the upgrade granted a privilege')
  logPrivacy(app.log, config.data, await makePrivate(config.data))
  const events = await openEvents(db, app.log)
  const retention = retentionOf(opened, app.log)
  app.addHook('onListen', async () => retention.start())
  app.addHook('onListen', async () => audit.start())
  app.addHook('preClose', () => retention.stop())
  app.addHook('preClose', async () => events.feed.close())
  app.addHook('onClose', async () => {
    await audit.close().catch((error: unknown) => app.log.error({ err: error }, 'audit rows are lost'))
    await events.close().finally(() => db.close())
  })
  app.addHook('onClose', async () => closeChecks())
  const client = callsServer(config)
    ? clientOf(config)
    : (token = internalSecret) => createClient('http://127.0.0.1', { fetch: inProcess(app), token })
  return { app, context: { ...opened, client, events, retention } }
}

function logPrivacy(log: Log, folder: string, privacy: Privacy) {
  if (privacy === 'made private')
    log.warn(
      { folder },
      'the data folder was open to other users of this machine; now only the user of the server may enter it',
    )
  if (privacy === 'open')
    log.warn(
      { folder },
      'the data folder is open to other users of this machine, and this server may not change that',
    )
}

/** Creates the context of a worker: the database and stores of the server, which it calls over the network. */
export async function createRemoteContext(
  config: Config,
  server: string,
  { log, token: ownToken }: { log: Log; token: string | undefined },
): Promise<ServiceContext> {
  const client = (token = ownToken) => createClient(server, token ? { token } : {})
  const { notes: _, ...opened } = await openStores(config)
  const events = await openEvents(opened.db, log)
  return { ...opened, client, events, retention: retentionOf(opened, log) } // the server applies it
}
