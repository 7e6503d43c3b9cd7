import type { Config } from '../config.js'
import type { Db } from '../db/db.js'
import { migrate } from '../db/migrate.js'
import type { Log } from './deliver.js'
import { EmbeddedJobs } from './embedded.js'
import { installationId } from './installation.js'
import type { Jobs } from './jobs.js'

/** Opens BullMQ if Redis is configured, otherwise the queue in the database. */
export async function openJobs(config: Pick<Config, 'redis_url'>, db: Db<unknown>, log: Log): Promise<Jobs> {
  if (!config.redis_url) return EmbeddedJobs.open(db, log)
  await migrate(db, 'jobs', new URL('./migrations/', import.meta.url))
  const { BullMqJobs } = await import('./bullmq.js') // loaded on demand: it costs memory and start-up time
  return new BullMqJobs({ url: config.redis_url, prefix: `cairn-${await installationId(db)}` }, log)
}
