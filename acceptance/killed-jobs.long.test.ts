import { expect, test } from 'vitest'
import { effort, isExhaustive } from './harness/effort.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { Random } from './harness/random.js'
import { emptyRedis } from './killed-jobs/empty-redis.js'
import { type Backend, JobCluster } from './killed-jobs/job-cluster.js'
import { NotedRun } from './killed-jobs/noted-run.js'
import { TaskNotes } from './killed-jobs/task-notes.js'

const KILLS = Number(process.env.CRASH_KILLS || effort(1, 4, 40))
/** Upper bound of the time spent on kills, for each backend. */
const MINUTES = Number(process.env.CRASH_MINUTES || 600)
const SEED = Number(process.env.CRASH_SEED || Date.now() % 1_000_000)
const redis = process.env.TEST_REDIS_URL
const LEASE_MS = 40_000 // a lease of a dead worker ends after 30 s
const HOUR_MS = 3_600_000

const backends = [
  {
    name: 'SQLite, with a worker over HTTP',
    absent: false,
    open: async (): Promise<Backend> => ({ hasDatabase: false }),
  },
  {
    name: 'PostgreSQL',
    absent: !postgres || !isExhaustive,
    open: async (): Promise<Backend> => ({ databaseUrl: await freshPostgres(), hasDatabase: true }),
  },
  {
    name: 'PostgreSQL and Redis',
    absent: !postgres || !redis,
    open: async (random: Random): Promise<Backend> => ({
      ...{ databaseUrl: await freshPostgres(), hasDatabase: true },
      redisUrl: new URL(`/${random.int(1, 15)}`, redis).href,
    }),
  },
]

/** The incidents in the middle of a run; each resolves to false when nothing could be killed. */
function incidents({ redisUrl }: Backend, cluster: JobCluster, notes: TaskNotes, random: Random) {
  const all = {
    server: async () => cluster.killServer(),
    worker: async () => cluster.killWorker(),
    task: async () => notes.killOne(),
    clock: () => cluster.setClock(random.int(-48, 48) * HOUR_MS),
    ...(redisUrl && { redis: () => emptyRedis(redisUrl) }),
  }
  return Object.entries(all)
}

for (const { name, absent, open } of backends)
  test.skipIf(absent)(
    `no run is lost, and no attempt starts twice, when processes are killed and clocks are set, on ${name}`,
    { timeout: 240_000 + Math.min(KILLS * 90_000, MINUTES * 60_000) },
    async () => {
      const random = new Random(SEED)
      const backend = await open(random)
      await using notes = await TaskNotes.open()
      await using cluster = await JobCluster.start(backend)
      const kinds = incidents(backend, cluster, notes, random)
      const first = random.int(0, kinds.length - 1)
      const done: string[] = []
      const deadline = performance.now() + MINUTES * 60_000
      while (done.length < KILLS && performance.now() < deadline) {
        const run = await NotedRun.submit(cluster.api, notes)
        while (done.length < KILLS && !(await run.hasEnded())) {
          await run.untilNote(LEASE_MS)
          await new Promise((resolve) => setTimeout(resolve, random.int(0, 1_000)))
          const [kind, happen] = kinds[(first + done.length) % kinds.length]!
          if ((await happen()) !== false) done.push(kind)
        }
        await run.expectSuccess()
      }
      console.log(`${name}, seed ${SEED}: ${done.join(', ')}; ${notes.starts.length} starts`)
      expect(done.length).toBeGreaterThan(0)
    },
  )
