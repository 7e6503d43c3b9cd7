import Type from 'typebox'
import { openDb } from '../db/open.js'
import { EmbeddedJobs } from '../jobs/embedded.js'
import { queue } from '../jobs/jobs.js'
import { silentLog } from './silent-log.js'

// A process for tests to kill: claims a job, prints it, and never completes it.
const jobs = await EmbeddedJobs.open(openDb(process.argv[2]!), silentLog)
jobs.work(queue({ name: 'ping', payload: Type.Object({}) }), async ({ id, attempt }) => {
  process.stdout.write(`${id} ${attempt}\n`)
  await new Promise(() => setInterval(() => undefined, 1_000))
})
