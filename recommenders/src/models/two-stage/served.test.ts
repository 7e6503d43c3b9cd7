import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadModel } from '@cairn/flavors/load'
import { recommend } from '@cairn/flavors/testing/predict'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { fitTwoStage } from './fit.js'
import { twoStage } from './recipe.js'
import { data, ITEMS, quickParameters, USERS, world } from './testing/world.js'

// Fits start threads, which take long on a busy machine
vi.setConfig({ testTimeout: 120_000 })

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-two-stage-'))
})
afterAll(() => rm(root, { recursive: true }))

test('serves the same scores as evaluated, to the bit', async () => {
  const ranker = await fitTwoStage(
    data,
    { ...quickParameters, members: ['ease', 'ials', 'markov'] },
    { threads: 1 },
  )
  const folder = join(root, 'served')
  await writeFolder(
    folder,
    await twoStage.files(ranker, { ...data, metadata: { protocol: 'loo.full.seenfiltered.v1' } }),
  )
  const served = await loadModel(folder)
  expect(served.flavor).toBe('two-stage')
  const users = Int32Array.from({ length: USERS }, (_, user) => user)
  const scores = new Float32Array(USERS * ITEMS)
  await ranker.score(data.train, users, scores)
  for (let user = 0; user < USERS; user += 9) {
    const { recommendations, source } = await recommend(served, { user_id: user, k: ITEMS })
    expect(source).toBe('user')
    const own = scores.subarray(user * ITEMS, (user + 1) * ITEMS)
    expect(recommendations).toHaveLength(own.filter((score) => score > Number.NEGATIVE_INFINITY).length)
    for (const { item_id, score } of recommendations) expect(score).toBe(own[world.items.find(item_id)!])
  }
})
