import { expect, test } from 'vitest'
import { readJobResults, runMainJob } from './crash/main-job.js'
import { writeSmallDataSet } from './crash/write-small-data-set.js'
import { effort } from './harness/effort.js'
import { freshFolder } from './harness/folder.js'
import { Random } from './harness/random.js'
import { startServer } from './harness/server.js'
import { until } from './harness/until.js'
import { ask } from './journey/queries.js'

const SEED = Number(process.env.CRASH_SEED || Date.now() % 1_000_000)
const KILLS = Number(process.env.CRASH_JOB_KILLS || effort(1, 1, 4))
const MAX_LIFE_MS = 5000

test(
  'resumes the main job after kills and repeats no completed task',
  async () => {
    const random = new Random(SEED)
    const source = await freshFolder()
    const ratings = await writeSmallDataSet(source, random)
    for (let kills = KILLS; kills > 0; ) {
      const folder = await freshFolder()
      const chances = { kills: Math.min(kills, 12), maxLifeMs: MAX_LIFE_MS }
      const { killed, code, said } = await runMainJob({ folder, source }, chances, random)
      kills -= Math.max(killed, 1)
      console.log(`the main job was killed ${killed} times and ended with exit code ${code}, seed ${SEED}`)
      expect([code, said]).toEqual([0, expect.stringContaining('Leaderboard')])
      await using server = await startServer({ folder })
      await until('the endpoint answers', async () => (await ask(server.url)).status === 200)
      const left = await readJobResults(server.url)
      expect(new Set(left.passed).size).toBe(left.passed.length)
      expect(left).toEqual({
        jobRuns: ['SUCCESS'],
        running: 0,
        versions: 7,
        sources: 7,
        ofUnfinishedRuns: 0,
        ratings,
        tables: ['features', 'links', 'movies', 'ratings', 'tags'],
        passed: expect.arrayContaining([expect.stringMatching(/^[1-7]$/)]),
        endpoints: ['movies'],
        answers: 1,
      })
    }
  },
  1_200_000 + KILLS * 120_000,
)
