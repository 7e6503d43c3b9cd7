import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { alsFiles } from '@cairn/flavors/als/write'
import { anAlsModel } from '@cairn/flavors/testing/als-model'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { newFolder } from '@cairn/platform/testing/folders'
import { beforeAll, expect, test } from 'vitest'
import { predictionsOf } from '../testing/predictions.js'
import { ModelThread } from './model-thread.js'

const CYCLES = process.env.TEST_EXHAUSTIVE ? 500 : 30
/** The first cycles fill caches. */
const WARM_UP = 10
const MAX_MEGABYTES_PER_CYCLE = 0.5

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

let folder: string
beforeAll(async () => {
  folder = newFolder()
  await writeFolder(folder, alsFiles(anAlsModel()))
})

async function loadAndAsk(): Promise<ModelThread> {
  const thread = await ModelThread.start(folder)
  await predictionsOf(thread, { dataframe_records: [{ history: [1], k: 1 }] })
  return thread
}

/** Megabytes by which the process grows with each cycle. */
async function growth(cycles: number, cycle: () => Promise<void>): Promise<number> {
  const megabytes = () => {
    collectGarbage()
    return process.memoryUsage.rss() / 1024 ** 2
  }
  for (let n = 0; n < WARM_UP; n++) await cycle()
  const before = megabytes()
  for (let n = 0; n < cycles; n++) await cycle()
  return (megabytes() - before) / cycles
}

test('loading and closing models does not grow the process, and a leak would be seen', async () => {
  const closed = await growth(CYCLES, async () => (await loadAndAsk()).close())
  console.log(`${CYCLES} models loaded and closed: ${closed.toFixed(3)} MB each`)
  expect(closed).toBeLessThan(MAX_MEGABYTES_PER_CYCLE)
  const open: ModelThread[] = []
  const leaking = await growth(10, async () => void open.push(await loadAndAsk()))
  console.log(`models left open: ${leaking.toFixed(1)} MB each`)
  expect(leaking).toBeGreaterThan(MAX_MEGABYTES_PER_CYCLE)
  await Promise.all(open.map((thread) => thread.close()))
}, 600_000)
