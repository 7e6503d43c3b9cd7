import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CrashingServer } from './crash/crashing-server.js'
import { unfinishedUploads } from './crash/unfinished-uploads.js'
import { Uploader, uploadDifferences } from './crash/uploader.js'
import { effort } from './harness/effort.js'
import { freshFolder } from './harness/folder.js'
import { Random } from './harness/random.js'
import { freshS3, s3 } from './harness/s3.js'
import { MLFLOW_ONLY, startServer } from './harness/server.js'

const KILLS = Number(process.env.CRASH_ARTIFACT_KILLS || effort(1, 1, 6))
/** Upper bound of the time spent on kills. */
const MINUTES = Number(process.env.CRASH_MINUTES || 600)
const SEED = Number(process.env.CRASH_SEED || Date.now() % 1_000_000)
const UPLOADERS = 4
const MAX_LIFE_MS = 3000
const TWO_DAYS_SECONDS = 2 * 86_400

const stores = [
  { name: 'disk', absent: false, settings: () => ({ args: [] as string[] }) },
  {
    name: 'S3',
    absent: !s3,
    settings: () => {
      const { uri, env } = freshS3()
      return { args: ['--artifacts-destination', uri], env }
    },
  },
]

for (const { name, absent, settings } of stores)
  test.skipIf(absent)(
    `uploads interrupted by kill -9 are invisible, and acknowledged ones are complete, on ${name}`,
    async () => {
      const folder = await freshFolder()
      const { args, ...others } = settings()
      const options = { folder, args: [...MLFLOW_ONLY, ...args], ...others }
      const server = new CrashingServer(options, new Random(SEED))
      onTestFinished(() => server.stop())
      const uploaders = await uploadWhileCrashing(server)
      const url = await server.url()
      for (const [index, { sent, refusals }] of uploaders.entries()) {
        expect(await uploadDifferences(url, `0/u${index}`, sent)).toEqual([])
        expect(refusals).toEqual([])
      }
      console.log(`${name}, seed ${SEED}: ${figures(server, uploaders)}`)
      await server.stop()
      await expectSwept(options)
    },
    180_000 + KILLS * 40_000,
  )

async function uploadWhileCrashing(server: CrashingServer): Promise<Uploader[]> {
  const stop = new AbortController()
  const uploaders = Array.from(
    { length: UPLOADERS },
    (_, index) => new Uploader(`0/u${index}`, server, new Random(SEED + index)),
  )
  const working = Promise.all(uploaders.map((uploader) => uploader.work(stop.signal)))
  const timeUp = AbortSignal.timeout(MINUTES * 60_000)
  await server.crash(KILLS, { maxLifeMs: MAX_LIFE_MS, timeUp }).finally(() => stop.abort())
  await working
  return uploaders
}

/** Partial files of single uploads are removed at the start; those of multipart uploads once they are old. */
async function expectSwept(options: { readonly folder: string }) {
  const left = await unfinishedUploads(options.folder)
  expect(left.filter((name) => !name.startsWith('multipart~'))).toEqual([])
  const longAgo = Date.now() / 1000 - TWO_DAYS_SECONDS
  for (const name of left)
    await utimes(join(options.folder, 'artifacts', '.incoming', name), longAgo, longAgo)
  await using _server = await startServer({ ...options, timeoutMs: 240_000 })
  expect(await unfinishedUploads(options.folder)).toEqual([])
  expect(await readdir(options.folder)).toContain('cairn.db')
}

function figures({ kills }: CrashingServer, uploaders: readonly Uploader[]): string {
  const files = uploaders.flatMap(({ sent }) => [...sent.values()])
  const acknowledged = files.filter((file) => file.acknowledged).length
  const inParts = uploaders.reduce((sum, { completed }) => sum + completed, 0)
  return `${kills} kills, ${acknowledged} files acknowledged, ${inParts} of them in parts, ${files.length - acknowledged} cut off`
}
