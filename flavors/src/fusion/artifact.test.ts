import { describe, expect, test } from 'vitest'
import { loadModel } from '../load.js'
import { loadScorer } from '../load-scorer.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import { folderSaver } from '../testing/folder-saver.js'
import { recommend } from '../testing/predict.js'
import { aTwoStageModel } from '../testing/two-stage-model.js'
import { type FusionModel, fusionFiles, readFusion } from './artifact.js'

const save = folderSaver()

const { items, users, members, parameters } = aTwoStageModel()
const model: FusionModel = {
  items,
  users: users!,
  parameters,
  method: 'z-score',
  members: members.map((member, n) => ({ ...member, weight: n + 0.5 })),
}
const good = fusionFiles(model)

test('round-trips', async () => {
  const { method, members: read, ...tables } = await readFusion(await save(good), loadScorer)
  expect(method).toBe('z-score')
  expect(read.map(({ name, weight }) => [name, weight])).toEqual([
    ['ials', 0.5],
    ['markov_3', 1.5],
  ])
  expect(tables).toMatchObject({ items, users, parameters })
})

test('recommends all items outside the history, with items of the history as reasons', async () => {
  const served = await loadModel(await save(good))
  expect(served.flavor).toBe('fusion')
  const history = items.ids.slice(2, 5)
  const { recommendations, source } = await recommend(served, {
    history,
    k: 50,
    filter_seen: false,
    reasons: true,
  })
  expect(source).toBe('history')
  expect(recommendations.map(({ item_id }) => item_id).sort()).toEqual(
    items.ids.filter((id) => !history.includes(id)).sort(),
  )
  const named = recommendations
    .flatMap(({ reasons = [] }) => reasons)
    .flatMap((reason) => ('item_id' in reason ? [reason.item_id] : []))
  expect(named.length).toBeGreaterThan(0)
  for (const id of named) expect(history).toContain(id)
})

describe('rejects an invalid folder', () => {
  const manifest = JSON.parse(good['fusion.json'] as string) as { members: object[] }
  const json = (changes: object) => ({ 'fusion.json': JSON.stringify({ ...manifest, ...changes }) })
  test.each<[string, ModelFiles, RegExp]>([
    ['another method', json({ method: 'vote' }), /method must be one of z-score, reciprocal-rank/],
    ['no members', json({ members: [] }), /members must be 1 to 31 names/],
    ['text for members', json({ members: 'all' }), /members must be a list/],
    ['a weight below nothing', json({ members: [{ name: 'ials', weight: -1 }] }), /weight of a member/],
    ['a member without a name', json({ members: [{ weight: 1 }] }), /not a member name/],
    ['a member that leads elsewhere', json({ members: [{ name: '../x', weight: 1 }] }), /not a member name/],
    ['a member that is a fusion', { 'members/ials/MLmodel': good.MLmodel! }, /member 'ials': No flavor/],
    ['a broken member', { 'members/ials/als.json': '{' }, /member 'ials': als\.json: not readable/],
  ])('%s', async (_, changes, message) => {
    const loading = loadModel(await save({ ...good, ...changes }))
    await expect(loading).rejects.toThrow(message)
    await expect(loading).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
  })
})
