import { artifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { migrate } from '@cairn/platform/db/migrate'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import { aliasRoutes } from './aliases/routes.js'
import { AliasStore } from './aliases/store.js'
import { announceRegistry } from './announce.js'
import { Gate } from './gate/gate.js'
import { gateRoutes } from './gate/routes.js'
import { PromotionStore } from './gate/store.js'
import { importRoutes } from './import/routes.js'
import { ModelImport } from './import/store.js'
import { modelRoutes } from './models/routes.js'
import { ModelSearch } from './models/search.js'
import { modelSource } from './models/search-source.js'
import { ModelStore } from './models/store.js'
import { ModelRows } from './namespace/model-rows.js'
import { enterModels, modelNamings } from './namespace/securable.js'
import type { RegistrySchema } from './schema.js'
import { answerAsUnityCatalog } from './unity-catalog/answers.js'
import { modelFileRoutes } from './unity-catalog/file-routes.js'
import { unityCatalogRoutes } from './unity-catalog/routes.js'
import { AliasedVersions } from './versions/aliased-versions.js'
import { versionArtifactRoute } from './versions/artifact-route.js'
import { LoggedModels } from './versions/logged-models.js'
import { versionRoutes } from './versions/routes.js'
import { VersionSearch } from './versions/search.js'
import { SourceResolver } from './versions/source-resolver.js'
import { VersionStore } from './versions/store.js'
import { Outbox } from './webhooks/outbox.js'
import { webhookRoutes } from './webhooks/routes.js'
import { createWebhookServices } from './webhooks/services.js'
import { workspaceRoutes } from './workspace/routes.js'

/** Registered models, their versions, stages and aliases, promotion gates, and webhooks for their changes. */
export const registry: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  await migrate(context.db, 'registry', new URL('./migrations/', import.meta.url))
  const db = context.db.for<RegistrySchema>()
  const { now } = context
  const outbox = new Outbox(now)
  const versions = new VersionStore(db, { outbox, now })
  const models = new ModelStore(db, { outbox, now })
  const aliases = new AliasStore(db, { outbox, now })
  const aliased = new AliasedVersions(db)
  const rows = new ModelRows(db)
  const sources = new SourceResolver(
    { versions, aliased },
    context.client(),
    context.config.model_version_source_pattern,
  )
  const locations = artifactLocations(context.config, context.blobs)
  const gate = new Gate({ versions, aliased, call: context.client(), locations })
  await enterModels(db, context.securables)
  context.authorizer.objects.name('registered_model', modelNamings(db))
  context.search.add(modelSource(db, context.authorizer))
  announceRegistry(app, context.events.announce)
  const { dispatcher, ...webhookServices } = await createWebhookServices(db, { ...context, outbox }, app.log)
  app.addHook('onReady', async () => dispatcher.start())
  app.addHook('onClose', () => dispatcher.stop())
  // Responses are sent after the commit, so the deliveries of the request are visible to the dispatcher.
  app.addHook('onResponse', async () => {
    if (outbox.takeHasNew()) dispatcher.wake()
  })
  answerAsUnityCatalog(app)
  const search = new ModelSearch(db)
  await app.register(modelRoutes, { rows, models, search })
  await app.register(workspaceRoutes, { rows, models, versions, search, authorizer: context.authorizer })
  await app.register(versionRoutes, {
    db,
    models: rows,
    versions,
    aliased,
    sources,
    loggedModels: new LoggedModels(context.client()),
    search: new VersionSearch(db),
    locations,
  })
  await app.register(versionArtifactRoute, { versions, locations })
  await app.register(unityCatalogRoutes, { rows, models, versions })
  await app.register(modelFileRoutes, { versions, locations })
  await app.register(importRoutes, { imports: new ModelImport(db), sources })
  await app.register(aliasRoutes, { models: rows, versions, aliases, aliased })
  await app.register(gateRoutes, {
    gate,
    models: rows,
    promotions: new PromotionStore(db, aliases),
    now,
  })
  await app.register(webhookRoutes, { ...webhookServices, now })
}
