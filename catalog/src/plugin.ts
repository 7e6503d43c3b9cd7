import { Invites } from '@cairn/platform/auth/invites'
import { migrate } from '@cairn/platform/db/migrate'
import { sessionCookie } from '@cairn/platform/http/session-cookie'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import { auditRoutes } from './audit/routes.js'
import { catalogRoutes } from './catalogs/routes.js'
import { CatalogStore } from './catalogs/store.js'
import { credentialRoutes } from './credentials/routes.js'
import { SessionKeys } from './credentials/session-keys.js'
import { unityErrors } from './errors.js'
import { governanceRoutes } from './governance.js'
import { identityRoutes } from './identities/routes.js'
import { tokenRoutes } from './identities/token-routes.js'
import { inviteRoutes } from './invites/routes.js'
import { mlflowAuthRoutes } from './mlflow-auth/plugin.js'
import { OpenUploads } from './s3-gateway/open-uploads.js'
import { s3GatewayRoutes } from './s3-gateway/routes.js'
import type { CatalogSchema } from './schema.js'
import { schemaRoutes } from './schemas/routes.js'
import { SchemaStore } from './schemas/store.js'
import { Access } from './securables/access.js'
import { Locator } from './securables/locator.js'
import { Objects } from './securables/objects.js'
import { securableSource } from './securables/search-source.js'
import { StoreAddresses } from './securables/store-addresses.js'
import { signInRoutes } from './sign-in/routes.js'
import { ExternalAccounts } from './sso/external-accounts.js'
import { ssoRoutes } from './sso/routes.js'
import { csvRoutes } from './tables/csv-routes.js'
import { tableRoutes } from './tables/routes.js'
import { rowRoutes } from './tables/rows.js'
import { TableStore } from './tables/store.js'
import { summaryRoutes } from './tables/summaries.js'
import { directoryRoutes } from './volume-files/directory-routes.js'
import { fileRoutes } from './volume-files/file-routes.js'
import { volumeRoutes } from './volumes/routes.js'
import { VolumeStore } from './volumes/store.js'

/** Serves catalogs, schemas, tables and volumes, the principals and their privileges, and the audit log. */
export const catalog: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  await migrate(context.db, 'catalog', new URL('./migrations/', import.meta.url))
  const { authorizer, blobs, config, grants, identities, now, passwords, sessions, tokens } = context
  const db = context.db.for<CatalogSchema>()
  const addresses = new StoreAddresses(blobs, config)
  const locator = new Locator(db)
  const access = new Access(locator, authorizer)
  const catalogs = new CatalogStore(db, now)
  const schemas = new SchemaStore(db, now)
  const tables = new TableStore(db, now)
  const volumes = new VolumeStore(db, now)
  const sessionKeys = new SessionKeys(config.s3_secret_key, now)
  context.search.add(securableSource(db, authorizer))

  unityErrors(app)
  await app.register(catalogRoutes, { authorizer, blobs, identities, access, catalogs })
  await app.register(schemaRoutes, { authorizer, blobs, identities, access, schemas })
  await app.register(tableRoutes, { authorizer, addresses, blobs, identities, access, tables })
  await app.register(volumeRoutes, { authorizer, addresses, blobs, identities, access, volumes })
  await app.register(fileRoutes, { access, blobs, volumes })
  await app.register(directoryRoutes, { access, blobs, volumes })
  await app.register(summaryRoutes, { authorizer, access, tables })
  await app.register(csvRoutes, { addresses, blobs, access, tables })
  await app.register(rowRoutes, { blobs, access, tables })
  await app.register(credentialRoutes, {
    addresses,
    passwords,
    access,
    tables,
    volumes,
    sessionKeys,
    publicUrl: config.public_url,
    now,
  })
  const uploads = new OpenUploads(db, config, now)
  context.retention.add(uploads.retention(blobs))
  await app.register(s3GatewayRoutes, {
    ...{ sessionKeys, identities, tokens, sessions, passwords, authorizer, locator },
    ...{ tables, volumes, blobs, uploads, publicUrl: config.public_url, now },
  })
  await app.register(governanceRoutes, { context, locator, catalogs, schemas, tables, volumes })
  const objects = new Objects(context.securables, authorizer)
  await app.register(auditRoutes, { db, authorizer, locator, objects })
  await app.register(identityRoutes, { db, authorizer, identities })
  await app.register(tokenRoutes, { tokens, identities, authorizer, config })
  const people = {
    ...{ authorizer, identities, grants, passwords, sessions, tokens },
    ...{ cookie: sessionCookie(config.public_url), publicUrl: config.public_url },
  }
  const sso = config.oidc_issuer
    ? (await import('./sso/single-sign-on.js')).singleSignOn(config, now) // loads an OpenID Connect client
    : undefined
  await app.register(signInRoutes, { ...people, ...(sso && { sso }) })
  if (sso)
    await app.register(ssoRoutes, {
      ...people,
      ...sso,
      config,
      accounts: new ExternalAccounts(db.for(), config.oidc_issuer),
    })
  await app.register(mlflowAuthRoutes, { ...people, db, objects })
  await app.register(inviteRoutes, { ...people, invites: new Invites(db.for(), now), now })
}
