import { join } from 'node:path'
import { openBlobs } from '@cairn/platform/blobs/open'
import { ApiError, messageOf } from '@cairn/platform/errors'
import { yieldToServer } from '@cairn/platform/processes/niceness'
import { createClient } from '@cairn/platform/protocol/client'
import { configureDuckDb } from '@cairn/platform/tables/duckdb'
import { configureTableCache } from '@cairn/platform/tables/local-files'
import { trackingClient } from './tracking.js'
import { trainRecipe } from './train-recipe.js'
import type { TrainMessage, TrainOutcome, TrainRequest } from './train-request.js'

const send = (message: TrainMessage) =>
  new Promise<void>((resolve) => process.send!(message, undefined, {}, () => resolve()))

yieldToServer() // as its models do, which would otherwise yield to the training too
process.once('disconnect', () => process.exit()) // The parent has ended.
process.once('message', async (request: TrainRequest) => {
  await send(await outcomeOf(request))
  process.exit()
})

async function outcomeOf(request: TrainRequest): Promise<TrainOutcome> {
  configureDuckDb({ tempFolder: join(request.cache, `duckdb-${process.pid}`) })
  configureTableCache({ folder: join(request.cache, 'tables') })
  const log = (level: 'info' | 'warn' | 'error') => (message: string) => void send({ log: level, message })
  try {
    return await trainRecipe({
      request,
      client: createClient(request.server.url, { token: request.server.token }),
      tracking: trackingClient(request),
      blobs: await openBlobs(request.store.uri, request.store.s3),
      log: { info: log('info'), warn: log('warn'), error: log('error') },
      progress: (progress) => void send({ progress }),
      onRun: (change) => void send(change),
    })
  } catch (error) {
    return { error: messageOf(error), ...(error instanceof ApiError && { code: error.code }) }
  }
}
