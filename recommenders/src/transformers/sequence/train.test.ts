import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { bert4rec } from '../../models/bert4rec/network.js'
import { sasrec } from '../../models/sasrec/network.js'
import { fitSequence } from './model.js'
import { chains } from './testing/chains.js'
import { data, small, trainSmall } from './testing/small-training.js'
import { trainSequence } from './train.js'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }) // each training starts threads

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-sequence-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe.each([bert4rec, sasrec] as (typeof sasrec)[])('$name', (kind) => {
  let whole: Awaited<ReturnType<typeof trainSmall>>
  beforeAll(async () => {
    whole = await trainSmall(kind, {})
  })

  test('learns the next item, and the exported graph predicts it', async () => {
    const learned = { train: chains({ users: 300 }) }
    const parameters = { ...small, epochs: 40, patience: 40 }
    const model = await fitSequence(kind, learned, parameters, { threads: 2 })
    const histories = { ...learned.train, starts: Int32Array.of(0, 4), ends: Int32Array.of(4, 4) }
    const scores = new Float32Array(2 * 23)
    await model.score({ ...histories, itemOf: Int32Array.of(2, 5, 8, 11) }, Int32Array.of(0, 1), scores)
    await model.close!()
    expect(scores.subarray(0, 23).indexOf(Math.max(...scores))).toBe(14)
    expect(new Set(scores.subarray(23))).toEqual(new Set([Number.NEGATIVE_INFINITY]))
  })

  test('trains the same bits with one and two threads, and another model with another seed', async () => {
    const two = await trainSmall(kind, {}, { threads: 2 })
    const other = await trainSmall(kind, { seed: 43 })
    expect(two.seen).toEqual(whole.seen)
    expect(two.trained).toEqual(whole.trained)
    expect(other.trained.parameters).not.toEqual(whole.trained.parameters)
  })

  test('resumes from a checkpoint with the same bytes', async () => {
    const checkpoints = join(folder, kind.name)
    await mkdir(checkpoints)
    const controller = new AbortController()
    const stopped = trainSequence(kind, data, small, {
      threads: 1,
      checkpoints,
      signal: controller.signal,
      onStep: ({ done }) => {
        if (done === 2) controller.abort(new Error('stopped by the test'))
      },
    })
    await expect(stopped).rejects.toThrow('stopped by the test')
    const resumed = await trainSmall(kind, {}, { checkpoints })
    expect(resumed.seen).toEqual(whole.seen.slice(1))
    expect(resumed.trained).toEqual(whole.trained)
  })
})

test('stops early on abort', async () => {
  const controller = new AbortController()
  let epochs = 0
  const training = trainSequence(
    sasrec,
    data,
    { ...small, epochs: 10_000, patience: 10_000 },
    {
      threads: 1,
      signal: controller.signal,
      onStep: ({ done }) => {
        epochs = done
        if (done === 2) setTimeout(() => controller.abort(new Error('cancelled by the user')), 1)
      },
    },
  )
  await expect(training).rejects.toThrow('cancelled by the user')
  expect(epochs).toBeLessThan(100)
})

test('rejects a loss that is not finite and names the step', async () => {
  const training = trainSequence(
    sasrec,
    data,
    { ...small, learning_rate: 1e30, warmup_steps: 0 },
    { threads: 1 },
  )
  await expect(training).rejects.toThrow(/the loss is NaN at step \d+ \(epoch 1\)/)
})

test('stops after `patience` epochs without improvement and keeps the best', async () => {
  const { seen, trained } = await trainSmall(sasrec, { epochs: 200, patience: 2, learning_rate: 0.05 })
  expect(seen.length).toBe(trained.best.epoch + 2)
})

test('rejects too little data with the numbers', async () => {
  const training = trainSequence(sasrec, { train: chains({ users: 5 }) }, small)
  await expect(training).rejects.toMatchObject({
    code: 'INVALID_PARAMETER_VALUE',
    message: expect.stringContaining('10 users'),
  })
})

test('rejects heads that do not divide the width, and too short lengths', async () => {
  await expect(trainSequence(sasrec, data, { ...small, heads: 3 })).rejects.toThrow("'width' 16")
  await expect(trainSequence(sasrec, data, { ...small, max_length: 3 })).rejects.toThrow("'max_length'")
})
