import { Command } from 'commander'
import { accessToken, serverAddress } from '../client/profile.js'
import { loadSettings } from '../server/flags.js'
import { keepFilesPrivate } from '../server/private-files.js'
import { untilStopped } from '../server/stop.js'

type Flags = Record<string, unknown>

/** `cairn worker`: executes job tasks outside the server's process. */
export const workerCommand = () =>
  new Command('worker')
    .description('Run a worker process that executes job tasks')
    .option('--database-url <url>', 'database of the server')
    .option('--redis-url <url>', 'Redis of the server (default: its database is the queue)')
    .option('--data <folder>', 'data folder of the server')
    .option('--artifacts-destination <uri>', 'artifact store of the server')
    .option('--task-concurrency <number>', 'number of concurrent tasks (default: 2)')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags, command: Command) => {
      const globals = command.optsWithGlobals<{ server?: string; token?: string }>()
      const server = serverAddress(globals.server).value.replace(/\/$/, '')
      keepFilesPrivate()
      const settings = loadSettings(flags)
      const { default: Fastify } = await import('fastify')
      const { log } = Fastify({ logger: { level: settings.log_level } })
      const token = accessToken(globals.token, server)
      // A server that takes tokens has more than one user, whatever this process is configured with.
      const config = token ? { ...settings, auth: 'required' as const } : settings
      const { createRemoteContext } = await import('../server/service-context.js')
      const context = await createRemoteContext(config, server, { log, token })
      const { startWorker } = await import('@cairn/pipelines/worker')
      const worker = await startWorker({
        context,
        serverUrl: server,
        log,
        concurrency: config.task_concurrency,
      })
      console.log(`The worker executes tasks for ${server}`)
      await untilStopped(async () => {
        await worker.close()
        await context.events.close()
        await context.db.close()
      })
    })

const EXAMPLES = `
Examples:
  $ cairn worker   # for a server on this machine
  $ cairn worker --server http://cairn:5000 --database-url postgres://app@db/cairn --redis-url redis://redis:6379
`
