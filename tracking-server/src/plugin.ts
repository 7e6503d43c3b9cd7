import { type ArtifactLocations, artifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import { migrate } from '@cairn/platform/db/migrate'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { enterExperiments } from './access/enter-experiments.js'
import { experimentNamings } from './access/namings.js'
import { AlertWatch } from './alerts/alert-watch.js'
import { artifactRoutes } from './artifacts/routes.js'
import { assessmentRoutes } from './assessments/routes.js'
import { AssessmentStore } from './assessments/store.js'
import { Clock } from './clock.js'
import { commentRoutes } from './comments/routes.js'
import { CommentStore } from './comments/store.js'
import { evaluationDatasetRoutes } from './evaluation-datasets/routes.js'
import { eventRoutes } from './events/routes.js'
import { artifactLocation } from './experiments/location.js'
import { experimentRoutes } from './experiments/routes.js'
import { ExperimentSearch } from './experiments/search.js'
import { experimentSource } from './experiments/search-source.js'
import { ExperimentStore } from './experiments/store.js'
import { GarbageCollector } from './gc/collector.js'
import { garbageRoutes } from './gc/routes.js'
import { graphqlRoutes } from './graphql/routes.js'
import { importRoutes } from './import/routes.js'
import { issueRoutes } from './issues/routes.js'
import { IssueSearch } from './issues/search.js'
import { IssueStore } from './issues/store.js'
import { loggedModelRoutes } from './logged-models/routes.js'
import { LoggedModelSearch } from './logged-models/search.js'
import { LoggedModelStore } from './logged-models/store.js'
import { metricRoutes } from './metrics/routes.js'
import { moveRoutes } from './moves/routes.js'
import { otlpRoutes } from './otlp/routes.js'
import { gatewayProxyRoutes } from './promptlab/gateway-proxy.js'
import { promptlabRoutes } from './promptlab/routes.js'
import { runSource } from './run-names/search-source.js'
import { fillWords } from './run-names/words.js'
import { runViewRoutes } from './run-views/routes.js'
import { RunViewStore } from './run-views/store.js'
import { RunEntries } from './runs/logging/run-entries.js'
import { RunLog } from './runs/logging/run-log.js'
import { runRoutes } from './runs/routes.js'
import { RunSearch } from './runs/search/run-search.js'
import { runStageRoutes } from './runs/stage-routes.js'
import { RunStore } from './runs/store.js'
import type { TrackingSchema } from './schema.js'
import { scorerRoutes } from './scorers/routes.js'
import { ScorerStore } from './scorers/store.js'
import { serverInfoRoutes } from './server-info/routes.js'
import { spanRoutes } from './spans/routes.js'
import { TraceChanges } from './trace-changes.js'
import { traceMetricRoutes } from './trace-metrics/routes.js'
import { TraceLinks } from './traces/links.js'
import { traceRoutes } from './traces/routes.js'
import { TraceSearch } from './traces/search/trace-search.js'
import { SpanLog } from './traces/span-log.js'
import { TraceStore } from './traces/store.js'
import { TracesWithSpans } from './traces/trace-with-spans.js'
import { traceWithSpansRoutes } from './traces/trace-with-spans-routes.js'
import { traceRoutesV2 } from './traces/v2-routes.js'

/** Serves experiments, runs, metrics, logged models, artifacts, traces and their evaluation. */
export const tracking: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  await migrate(context.db, 'tracking', new URL('./migrations/', import.meta.url))
  await migrate(context.db, 'run-names', new URL('./run-names/migrations/', import.meta.url))
  const db = context.db.for<TrackingSchema>()
  await fillWords(db)
  const clock = new Clock(context.now)
  const root = artifactLocation(context.config.default_artifact_root)
  const experiments = new ExperimentStore(db, clock, root)
  const { announce, feed } = context.events
  const entries = new RunEntries(db, clock)
  const runs = new RunStore(db, clock, entries, announce)
  const models = new LoggedModelStore(db, clock)
  const changes = new TraceChanges(db, announce)
  const locations = artifactLocations(context.config, context.blobs)
  await experiments.ensureDefault()
  await enterExperiments(db, context.securables)
  const { objects } = context.authorizer
  objects.name('experiment', experimentNamings({ db, locations, now: context.now }))

  context.search.add(experimentSource(db, context.authorizer), runSource(db, context.authorizer))

  await app.register(serverInfoRoutes)
  await app.register(eventRoutes, { feed, authorizer: context.authorizer })
  await app.register(experimentRoutes, {
    experiments,
    search: new ExperimentSearch(db),
    announce,
    locations,
  })
  const log = new RunLog(db, clock, entries, announce)
  await app.register(runRoutes, { db, runs, log, search: new RunSearch(db) })
  await app.register(runViewRoutes, { views: new RunViewStore(db, clock) })
  await app.register(runStageRoutes, { db, announce, now: context.now })
  const comments = new CommentStore(db, clock)
  await app.register(commentRoutes, { db, comments, announce, authorizer: context.authorizer })
  await app.register(promptlabRoutes, { runs, log, locations, now: context.now })
  await app.register(gatewayProxyRoutes, { target: context.config.deployments_target })
  await app.register(graphqlRoutes, { context })
  await app.register(metricRoutes, { db })
  await app.register(loggedModelRoutes, { models, search: new LoggedModelSearch(db), announce })
  await app.register(artifactRoutes, { runs, models, locations, context })
  await app.register(moveRoutes, { db, locations, announce, authorizer: context.authorizer })
  await app.register(garbageRoutes, {
    db,
    now: context.now,
    announce,
    garbage: new GarbageCollector({ db, locations, call: context.client(), now: context.now }),
  })
  await app.register(importRoutes, { db, clock, root, runs, entries, models, locations, announce })
  await registerTraces(app, { db, clock, locations, changes })
  const watch = new AlertWatch({ db: db.for(), feed, announce, log: app.log, now: context.now })
  app.addHook('onListen', async () => watch.start())
  app.addHook('preClose', () => watch.stop())
  await app.register(evaluationDatasetRoutes, { db, clock, announce })
  await app.register(scorerRoutes, { scorers: new ScorerStore(db, clock) })
  await app.register(issueRoutes, { issues: new IssueStore(db, clock), search: new IssueSearch(db) })
}

interface TraceParts {
  readonly db: Db<TrackingSchema>
  readonly clock: Clock
  readonly locations: ArtifactLocations
  readonly changes: TraceChanges
}

async function registerTraces(app: FastifyInstance, { db, clock, locations, changes }: TraceParts) {
  const traces = new TraceStore(db, clock, changes)
  const search = new TraceSearch(db)
  await app.register(traceRoutes, { db, traces, search, changes, links: new TraceLinks(db, changes) })
  await app.register(traceRoutesV2, { traces, search })
  await app.register(traceWithSpansRoutes, { traces, withSpans: new TracesWithSpans(db, traces), locations })
  await app.register(spanRoutes, { db, getTrace: (id) => traces.get(id) })
  await app.register(traceMetricRoutes, { db })
  await app.register(assessmentRoutes, { assessments: new AssessmentStore(db, clock, changes) })
  await app.register(otlpRoutes, { spans: new SpanLog(db, clock, changes) })
}
