import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import type { LoggedModelStore } from '../logged-models/store.js'
import type { RunStore } from '../runs/store.js'
import { embeddedArtifactRoute } from './embed-route.js'
import { loggedModelArtifactRoutes } from './logged-model-routes.js'
import { multipartRoutes } from './multipart-routes.js'
import { presignedRoutes } from './presigned-routes.js'
import { proxyRoutes } from './proxy-routes.js'
import { runArtifactRoutes } from './run-routes.js'
import { Tickets } from './tickets.js'

interface Options {
  readonly runs: RunStore
  readonly models: LoggedModelStore
  readonly locations: ArtifactLocations
  readonly context: ServiceContext
}

/** Artifacts of runs and models: by owner, inside a page, through the proxy, as multipart uploads and by presigned URLs. */
export const artifactRoutes: FastifyPluginAsync<Options> = async (
  app,
  { runs, models, locations, context },
) => {
  const publicUrl = context.config.public_url
  const tickets = new Tickets(context.db.for<AuthSchema>(), context.now)
  await app.register(runArtifactRoutes, { runs, locations })
  await app.register(loggedModelArtifactRoutes, { models, locations })
  await app.register(embeddedArtifactRoute, { runs, models, locations })
  await app.register(proxyRoutes, { locations })
  await app.register(multipartRoutes, { locations, publicUrl })
  await app.register(presignedRoutes, { runs, models, locations, tickets, publicUrl })
}
