import { hostname } from 'node:os'
import { invalid } from '@cairn/platform/errors'
import type { Log } from '@cairn/platform/jobs/deliver'
import { Command } from 'commander'
import { examples } from '../client/examples.js'
import { accessToken, serverAddress } from '../client/profile.js'
import { loadSettings } from '../server/flags.js'
import { keepFilesPrivate } from '../server/private-files.js'
import { untilStopped } from '../server/stop.js'
import { VERSION } from '../version.js'

type Flags = Record<string, unknown>

/** Any of them gives a worker the database of the server. */
const DATABASE_FLAGS = ['databaseUrl', 'redisUrl', 'data', 'artifactsDestination']

/** Time for tasks to end after SIGTERM. */
const CLOSE_MS = 20_000

/** `cairn worker`: executes job tasks outside the server's process. */
export const workerCommand = () =>
  new Command('worker')
    .description('Run a worker that executes tasks of jobs: code of jobs over HTTP, or all with the database')
    .option('--labels <labels>', 'comma-separated labels, which tasks name in worker_labels', '')
    .option('--name <name>', 'name in lists of workers (default: the name of the machine)')
    .option('--concurrency <number>', 'number of concurrent tasks (default: 2)')
    .option('--database-url <url>', 'database of the server, to execute all kinds of tasks')
    .option('--redis-url <url>', 'Redis of the server (default: its database is the queue)')
    .option('--data <folder>', 'data folder of the server')
    .option('--artifacts-destination <uri>', 'artifact store of the server')
    .option('--task-concurrency <number>', 'alias of --concurrency')
    .addHelpText(
      'after',
      examples(
        'cairn worker --server https://cairn.example --token cairn_… --labels gpu',
        'cairn worker --data .cairn   # beside a server on this machine',
        'cairn worker --server http://cairn:5000 --database-url postgres://app@db/cairn --redis-url redis://redis:6379',
      ),
    )
    .action(async (flags: Flags, command: Command) => {
      const globals = command.optsWithGlobals<{ server?: string; token?: string }>()
      const server = serverAddress(globals.server).value.replace(/\/$/, '')
      keepFilesPrivate()
      const settings = loadSettings({ ...flags, taskConcurrency: flags.concurrency ?? flags.taskConcurrency })
      const { default: Fastify } = await import('fastify')
      const { log } = Fastify({ logger: { level: settings.log_level } })
      const token = accessToken(globals.token, server)
      // A server that takes tokens has several users, even if this process is configured otherwise.
      const config = token ? { ...settings, auth: 'required' as const } : settings
      const worker = { server, token, config, log }
      return hasDatabase(flags) ? runWithDatabase(worker, flags) : runOverHttp(worker, flags)
    })

interface Worker {
  readonly server: string
  readonly token: string | undefined
  readonly config: ReturnType<typeof loadSettings>
  readonly log: Log
}

const hasDatabase = (flags: Flags) =>
  DATABASE_FLAGS.some((name) => flags[name] !== undefined) || Boolean(process.env.CAIRN_DATABASE_URL)

async function runOverHttp(worker: Worker, { labels, name = hostname() }: Flags) {
  const { startRemoteWorker } = await import('@cairn/pipelines/remote-worker/start')
  const facts = { labels: labelsIn(String(labels)), name: String(name), version: VERSION }
  const started = await startRemoteWorker({ ...worker, ...facts })
  const stopped = untilStopped(() => started.close(), CLOSE_MS)
  console.log(`The worker executes code of jobs for ${worker.server}`)
  await Promise.race([started.ended, stopped])
}

async function runWithDatabase({ server, token, config, log }: Worker, { labels, name }: Flags) {
  if (labels || name !== undefined)
    throw invalid('--labels and --name are for workers over HTTP, which have no database of the server.')
  const { createRemoteContext } = await import('../server/service-context.js')
  const context = await createRemoteContext(config, server, { log, token })
  const { startWorker } = await import('@cairn/pipelines/worker')
  const started = await startWorker({ context, serverUrl: server, log, concurrency: config.task_concurrency })
  const stopped = untilStopped(async () => {
    await started.close()
    await context.events.close()
    await context.db.close()
  })
  console.log(`The worker executes tasks for ${server}`)
  await stopped
}

const labelsIn = (text: string) => [
  ...new Set(
    text
      .split(',')
      .map((label) => label.trim())
      .filter(Boolean),
  ),
]
