import { expect, onTestFinished, test } from 'vitest'
import type { ModelHost } from './model-host.js'
import type { ModelLease } from './model-pool.js'
import { ScalingModel } from './scaling-model.js'

const query = { protocol: 'mlflow', body: { bytes: Buffer.from('{}') }, name: 'e', version: '1' } as const

/** A model that counts its loads. */
function aModel({ idleMs = 20, fails = false } = {}) {
  const counts = { loaded: 0, released: 0 }
  const answer = { response: { contentType: 'text/plain', body: 'x' }, rows: 1, queueMs: 0, modelMs: 0 }
  const host: ModelHost = {
    description: { flavor: 'test' },
    failure: undefined,
    isBusyFor: () => false,
    predict: async () => answer,
    close: async () => undefined,
  }
  const lease = (): ModelLease => {
    counts.loaded++
    return { digest: 'd', host, release: async () => void counts.released++ }
  }
  const acquire = async () => {
    if (fails) throw new Error('no memory')
    await new Promise((resolve) => setTimeout(resolve, 5))
    return lease()
  }
  const model = new ScalingModel({ lease: lease(), acquire, idleMs })
  onTestFinished(() => model.close())
  return { model, counts }
}

test('is freed after it has been idle, and loaded once for many first requests', async () => {
  const { model, counts } = aModel()
  await expect.poll(() => model.isAsleep).toBe(true)
  expect(counts).toEqual({ loaded: 1, released: 1 })
  expect(model.failure).toBeUndefined()
  const answers = await Promise.all(Array.from({ length: 20 }, () => model.predict(query)))
  expect(answers).toHaveLength(20)
  expect(counts.loaded).toBe(2)
  await expect.poll(() => counts.released).toBe(2)
})

test('stays loaded while it answers', async () => {
  const { model, counts } = aModel({ idleMs: 60_000 })
  await model.predict(query)
  expect(model.isAsleep).toBe(false)
  await model.close()
  expect(counts).toEqual({ loaded: 1, released: 1 })
})

test('a load that fails is a 503, and tried again by the next request', async () => {
  const { model } = aModel({ fails: true })
  await expect.poll(() => model.isAsleep).toBe(true)
  for (let n = 0; n < 2; n++)
    await expect(model.predict(query)).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' })
})

test('stays closed: a late request does not load it again', async () => {
  const { model, counts } = aModel()
  await model.close()
  await expect(model.predict(query)).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' })
  expect(counts).toEqual({ loaded: 1, released: 1 })
})
