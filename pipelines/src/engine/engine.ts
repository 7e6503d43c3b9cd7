import type { Log } from '@cairn/platform/jobs/deliver'
import { openJobs } from '@cairn/platform/jobs/open'
import type { ServiceContext } from '@cairn/platform/service-context'
import { acceptedPlacements } from '../flow/placement.js'
import { Wakeup } from '../flow/wakeup.js'
import { RunStore } from '../runs/store.js'
import type { PipelinesSchema } from '../schema.js'
import type { TaskRegistry } from '../task-kinds/registry.js'
import { Attempts, type InputsCheck } from './attempts.js'
import { ChildRuns } from './child-runs.js'
import { Dispatcher } from './dispatcher.js'
import { Reconciler } from './reconciler.js'
import { Sweeps } from './sweeps.js'
import { TaskSecrets } from './task-secrets.js'
import { TaskWorker } from './task-worker.js'

export interface EngineOptions {
  readonly context: ServiceContext
  readonly registry: TaskRegistry
  readonly serverUrl: () => string
  readonly log: Log
  readonly wakeup?: Wakeup
  /** Default: those of this engine. */
  readonly secrets?: TaskSecrets
  /** For the caches of tasks. */
  readonly areUnchanged?: InputsCheck
  /** Number of concurrent tasks in this process; 0 leaves tasks to other workers. Default 2. */
  readonly concurrency?: number
}

export interface Engine {
  close(): Promise<void>
}

/** Starts the dispatcher, the reconciler and a worker in this process. The tables must exist. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { context, log, wakeup = new Wakeup(), concurrency = 2 } = options
  const db = context.db.for<PipelinesSchema>()
  const jobs = await openJobs(context.config, context.db, log)
  const attempts = new Attempts(db, context.now, context.events.announce, options.areUnchanged)
  const runs = new RunStore(db, context.now, context.events.announce)
  const secrets = options.secrets ?? new TaskSecrets({ context, attempts })
  const childRuns = new ChildRuns({ db, context, attempts, runs, wakeup, log })
  const sweeps = new Sweeps({ db, context, wakeup, log })
  const reconciler = new Reconciler({ attempts, runs, tokens: context.tokens, wakeup, log })
  const placements = acceptedPlacements(context.config)
  const dispatched = concurrency > 0 ? placements : (['server'] as const)
  const dispatcher = new Dispatcher({ attempts, jobs, wakeup, log, now: context.now, placements: dispatched })
  const worker =
    concurrency > 0 &&
    new TaskWorker({ ...options, db, attempts, jobs, wakeup, placements, secrets, concurrency })
  return {
    async close() {
      if (worker) await worker.close()
      await Promise.all([reconciler.close(), childRuns.close(), sweeps.close(), dispatcher.close()])
      await jobs.close()
    },
  }
}
