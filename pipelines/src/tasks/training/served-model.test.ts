import { formatDriftBaseline, parseDriftBaseline } from '@cairn/flavors/drift/drift-baseline'
import { buildInteractions } from '@cairn/recommenders/data/interactions'
import { getRecipe } from '@cairn/recommenders/models/kinds'
import { resolveParameters } from '@cairn/recommenders/recipe'
import { expect, test } from 'vitest'
import { measureServed } from './served-model.js'

const USERS = 30
const ITEMS = 40
/** Each user has eight of the items in a row; item 0 belongs to everybody. */
const events = buildInteractions(
  {
    users: Array.from({ length: USERS * 8 }, (_, row) => Math.floor(row / 8)),
    items: Array.from({ length: USERS * 8 }, (_, row) =>
      row % 8 === 0 ? 0 : 1 + ((Math.floor(row / 8) + row) % (ITEMS - 1)),
    ),
    times: Array.from({ length: USERS * 8 }, (_, row) => row),
  },
  'row',
)

async function measure(kind: string) {
  const recipe = await getRecipe(kind)
  const model = await recipe.fit({ train: events }, resolveParameters(recipe, {}))
  const files = await recipe.files(model, { train: events, metadata: {} })
  return measureServed(files, events, 'loo.full.seenfiltered.v1')
}

test('the baseline has the recommendations of the served model to held-out users after their training events', async () => {
  const baseline = (await measure('ease')).baseline!
  expect(baseline.top_scores).toHaveLength(USERS)
  expect(baseline.items).toHaveLength(USERS)
  expect(baseline.catalogue).toBe(events.items.size)
  expect(baseline.popular[0]).toBe(0)
  for (const [user, items] of baseline.items.entries()) {
    expect(items.length).toBe(10)
    const training = Array.from(events.itemOf.subarray(events.starts[user]!, events.ends[user]! - 1), (row) =>
      events.items.at(row),
    )
    expect(items.filter((item) => training.includes(item))).toEqual([])
  }
  expect(parseDriftBaseline(formatDriftBaseline(baseline))).toEqual(baseline)
})

test('a model that answers every history alike has a cost, but no baseline', async () => {
  const { baseline, cpuMs } = await measure('popularity')
  expect(baseline).toBeUndefined()
  expect(cpuMs).toBeGreaterThan(0)
})
