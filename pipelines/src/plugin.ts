import type { AddressInfo } from 'node:net'
import type { Db } from '@cairn/platform/db/db'
import { migrate } from '@cairn/platform/db/migrate'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync } from 'fastify'
import { InputDigests } from './caching/input-digests.js'
import { StepCache } from './caching/step-cache.js'
import { Attempts } from './engine/attempts.js'
import { type Engine, startEngine } from './engine/engine.js'
import { TaskSecrets } from './engine/task-secrets.js'
import { UnfinishedRuns } from './engine/unfinished-runs.js'
import { allFiles } from './files/all-files.js'
import { Wakeup } from './flow/wakeup.js'
import { jobRoutes } from './jobs/routes.js'
import { jobSource } from './jobs/search-source.js'
import { enterJobs, jobNamings } from './jobs/securable.js'
import { JobStore } from './jobs/store.js'
import { summaryRoutes } from './jobs/summary-routes.js'
import { upgradeRunAs } from './jobs/upgrade-run-as.js'
import { setUpNotifications } from './notifications/set-up.js'
import { taskGarbageRoutes } from './processes/gc-routes.js'
import { TaskProcesses } from './processes/task-processes.js'
import { runRetention } from './runs/retention.js'
import { runRoutes } from './runs/routes.js'
import { RunStore } from './runs/store.js'
import { Scheduler } from './scheduling/scheduler.js'
import type { PipelinesSchema } from './schema.js'
import { sqlStatements } from './statements/plugin.js'
import { TaskRegistry } from './task-kinds/registry.js'
import type { Task } from './task-kinds/task.js'
import { taskValueRoutes } from './task-values/routes.js'
import { TaskValueStore } from './task-values/store.js'
import { taskKinds } from './tasks/kinds/kinds.js'
import { TASKS } from './tasks/tasks.js'
import { TriggerStore } from './triggers/store.js'
import { AttemptFiles } from './workers/attempt-files.js'
import { Claims } from './workers/claims.js'
import { workerRoutes } from './workers/routes.js'
import { WorkerStore } from './workers/store.js'
import { WorkerAttempts } from './workers/worker-attempts.js'

export interface PipelinesOptions {
  readonly context: ServiceContext
  /** Task implementations; default: all of this package. */
  readonly tasks?: readonly Task[]
  /** Number of concurrent tasks in this process (default: as configured); 0 leaves tasks to `cairn worker`. */
  readonly concurrency?: number
}

/** Jobs and their runs. The engine starts once the server listens, because tasks call it back. */
export const pipelines: FastifyPluginAsync<PipelinesOptions> = async (app, options) => {
  const { context, tasks = TASKS } = options
  await migrate(context.db, 'pipelines', new URL('./migrations/', import.meta.url))
  const db = context.db.for<PipelinesSchema>()
  const processes = new TaskProcesses(context.config, app.log)
  const registry = new TaskRegistry(taskKinds(tasks, context.config, processes))
  const wakeup = new Wakeup()
  const jobs = new JobStore(db, context.now)
  const runs = new RunStore(db, context.now, context.events.announce)
  const triggers = new TriggerStore(db, context.now)
  await upgradeJobs(db, context, app.log)
  context.authorizer.objects.name('job', jobNamings(db))
  context.search.add(jobSource(db, context.authorizer))
  context.retention.add(...runRetention(db, context.config))
  const { destinations, notifier } = await setUpNotifications(app, context)
  await app.register(jobRoutes, { jobs, registry, triggers, destinations, context })
  await app.register(summaryRoutes, { jobs, context })
  await app.register(runRoutes, { jobs, runs, registry, destinations, wakeup, context })

  await app.register(sqlStatements, { db, context, processes })

  const serverUrl = () => localUrl(app)
  const digests = new InputDigests({ context, registry, files: allFiles(), serverUrl })
  const areUnchanged = digests.areUnchanged.bind(digests)
  const attempts = new Attempts(db, context.now, context.events.announce, areUnchanged)
  const secrets = new TaskSecrets({ context, attempts })
  await app.register(taskValueRoutes, { values: new TaskValueStore(db, secrets) })
  const workerAttempts = new WorkerAttempts(db, context.now)
  const claimsOptions = { context, db, attempts, workerAttempts, registry, secrets, wakeup }
  const claims = new Claims({ ...claimsOptions, log: app.log })
  const files = new AttemptFiles({ context, attempts, registry })
  const workers = new WorkerStore(db, context.now)
  await app.register(workerRoutes, { workers, workerAttempts, claims, files, context })

  await app.register(taskGarbageRoutes, { environments: processes.environments, now: context.now })

  const cache = new StepCache({ context, digests, attempts, wakeup, log: app.log })
  const unfinishedRuns = new UnfinishedRuns({ context, wakeup, log: app.log })
  const scheduler = new Scheduler({ context, triggers, jobs, runs, wakeup, log: app.log })
  const stopNotifying = wakeup.subscribe(() => notifier.wake())
  let engine: Promise<Engine> | undefined
  const start = async () => {
    const concurrency = options.concurrency ?? context.config.task_concurrency
    if (concurrency > 0) await processes.removeLeftovers(app.log)
    return startEngine({
      ...{ context, registry, wakeup, secrets, serverUrl, areUnchanged, log: app.log, concurrency },
    })
  }
  app.addHook('onListen', async () => {
    scheduler.start()
    cache.start()
    unfinishedRuns.start()
    notifier.start()
    engine = start()
    await engine
  })
  app.addHook('preClose', async () => {
    claims.close()
    await scheduler.close()
    await cache.close()
    await unfinishedRuns.close()
    // The server may be stopped while its engine starts.
    await (await engine?.catch(() => undefined))?.close()
    stopNotifying()
    await notifier.stop()
  })
}

/** Completes jobs of earlier releases. */
async function upgradeJobs(
  db: Db<PipelinesSchema>,
  { securables, identities }: ServiceContext,
  log: FastifyBaseLogger,
): Promise<void> {
  await enterJobs(db, securables)
  const upgraded = await upgradeRunAs(db, identities)
  if (upgraded > 0) log.info({ jobs: upgraded }, 'stored the ids of the principals that jobs run as')
}

function localUrl(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo
  const host =
    address === '::' || address === '0.0.0.0' ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address
  return `http://${host}:${port}`
}
