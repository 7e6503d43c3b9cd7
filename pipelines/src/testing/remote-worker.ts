import type { Log } from '@cairn/platform/jobs/deliver'
import { silentLog } from '@cairn/platform/testing/silent-log'
import type { RemoteWorker } from '../remote-worker/remote-worker.js'
import { startRemoteWorker } from '../remote-worker/start.js'
import type { ServedPipelines } from './serve.js'

interface WorkerOptions {
  readonly labels?: readonly string[]
  readonly token?: string
  readonly server?: string
  readonly concurrency?: number
  readonly log?: Log
}

/** Starts a worker over HTTP in this process. */
export const startWorkerOf = (
  { context, url }: ServedPipelines,
  { labels = [], token, server = url, concurrency = 2, log = silentLog }: WorkerOptions = {},
): Promise<RemoteWorker> =>
  startRemoteWorker({
    ...{ server, token, labels, log, name: 'worker-1', version: '1.0.0' },
    config: { ...context.config, task_processes: 'on', task_concurrency: concurrency },
  })
