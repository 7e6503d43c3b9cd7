import { loadConfig } from '@cairn/platform/config'
import { Command } from 'commander'
import Fastify from 'fastify'
import { accessToken, serverAddress } from '../client/profile.js'
import { settingsOf } from '../server/flags.js'
import { createRemoteContext } from '../server/service-context.js'
import { untilStopped } from '../server/stop.js'

type Flags = Record<string, unknown>

export const workerCommand = () =>
  new Command('worker')
    .description('execute tasks of jobs in this process, beside the server or instead of it')
    .option('--database-url <url>', 'the database of the server')
    .option('--redis-url <url>', 'the Redis of the server; its database is the queue without one')
    .option('--data <folder>', 'the data folder of the server')
    .option('--artifacts-destination <uri>', 'the artifact store of the server')
    .option('--task-concurrency <number>', 'tasks at once (default: 2)')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags, command: Command) => {
      const given = command.optsWithGlobals<{ server?: string; token?: string }>()
      const server = serverAddress(given.server).value.replace(/\/$/, '')
      const config = loadConfig(process.env, settingsOf(flags))
      const { log } = Fastify({ logger: { level: config.log_level } })
      const token = accessToken(given.token, server)
      const context = await createRemoteContext(config, server, { log, token })
      const { startWorker } = await import('@cairn/pipelines/worker')
      const worker = await startWorker({
        context,
        serverUrl: server,
        log,
        concurrency: config.task_concurrency,
      })
      console.log(`The worker takes tasks for ${server}`)
      await untilStopped(async () => {
        await worker.close()
        await context.events.close()
        await context.db.close()
      })
    })

const EXAMPLES = `
Examples:
  $ cairn worker                                                   beside a server on this machine
  $ cairn worker --server http://cairn:5000 --database-url postgres://app@db/cairn --redis-url redis://redis:6379
`
