import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { alsFiles } from '@cairn/flavors/als/write'
import { anAlsModel } from '@cairn/flavors/testing/als-model'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { newFolder } from '@cairn/platform/testing/folders'
import { afterEach, describe, expect, test } from 'vitest'
import { predictionsOf } from '../testing/predictions.js'
import { ModelThread } from './model-thread.js'
import type { QueueLimits } from './request-queue.js'

const threads: ModelThread[] = []
afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.close()))
})

async function modelFolder(change: Record<string, string> = {}) {
  const folder = newFolder()
  await writeFolder(folder, { ...alsFiles(anAlsModel()), ...change })
  return folder
}

async function start(folder: string, limits?: Partial<QueueLimits>) {
  const thread = await ModelThread.start(folder, limits)
  threads.push(thread)
  return thread
}

const predict = async (thread: ModelThread, ...rows: Record<string, unknown>[]) =>
  (await predictionsOf(thread, { dataframe_records: rows })) as unknown[]

/** The niceness of each thread of this process: field 19 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const nicenesses = () =>
  new Map(
    readdirSync('/proc/self/task').flatMap((id) => {
      const [, fields] = statOf(id).split(') ')
      return fields ? [[id, Number(fields.split(' ')[16])] as const] : []
    }),
  )

/** Empty for a thread that has ended. */
function statOf(thread: string): string {
  try {
    return readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
  } catch {
    return ''
  }
}

describe('a model thread', () => {
  test.skipIf(process.platform !== 'linux')('yields its processor to the threads of the server', async () => {
    const before = nicenesses()
    await start(await modelFolder())
    const started = [...nicenesses()].flatMap(([id, niceness]) => (before.has(id) ? [] : [niceness]))
    expect(started).toContain(Math.min(getPriority() + 5, 19))
  })

  test('matches concurrent requests with their responses', async () => {
    const thread = await start(await modelFolder())
    const responses = await Promise.all(
      Array.from({ length: 50 }, (_, i) => predict(thread, { history: [1, 4], k: (i % 5) + 1 })),
    )
    for (const [i, [response]] of responses.entries())
      expect((response as { recommendations: unknown[] }).recommendations).toHaveLength((i % 5) + 1)
  })

  test('returns the model’s error for a bad row', async () => {
    const thread = await start(await modelFolder())
    await expect(predict(thread, { k: 'many' })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(/'k'/),
    })
  })

  test('serves a small request while it processes large ones', async () => {
    const thread = await start(await modelFolder(), { deadlineMs: 300_000 })
    const history = Array.from({ length: 10_000 }, (_, i) => i)
    const large = Array.from({ length: 3 }, () => predict(thread, ...Array(200).fill({ history, k: 10 })))
    const first = await Promise.race([
      Promise.allSettled(large).then(() => 'all large ones'),
      predict(thread, { history: [1], k: 1 }).then(() => 'the small one'),
    ])
    expect(first).toBe('the small one')
    await Promise.allSettled(large)
  }, 300_000)

  test('fails to start with a broken model, with the reason', async () => {
    await expect(
      start(await modelFolder({ MLmodel: 'flavors: {sklearn: {pickled_model: model.pkl}}' })),
    ).rejects.toThrow(/pickle/)
    await expect(start(await modelFolder({ 'item_factors.arrow': 'garbage' }))).rejects.toThrow(
      /item_factors/,
    )
  })

  test('returns tensors for tensors, and survives values that the graph rejects', async () => {
    const thread = await start(
      fileURLToPath(new URL('../../../flavors/src/onnx/golden/lookup', import.meta.url)),
    )
    const rejected = predictionsOf(thread, { inputs: { ids: [[0, 99]] } })
    await expect(rejected).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    const { total } = (await predictionsOf(thread, { inputs: { ids: [[3], [3]] } })) as { total: number[][] }
    expect(total[0]).toHaveLength(2)
    expect(total[1]).toEqual(total[0])
  })

  test('finishes pending requests before it closes, and rejects later ones', async () => {
    const thread = await start(await modelFolder())
    const pending = predict(thread, { history: [1], k: 3 })
    await thread.close()
    expect(await pending).toHaveLength(1)
    await expect(predict(thread, { k: 1 })).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' })
  })
})
