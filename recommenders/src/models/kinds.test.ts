import { existsSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BASELINES, getMemberRecipe, getRecipe, modelKinds } from './kinds.js'

const folder = new URL('./', import.meta.url)
const withRecipe = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/recipe.ts`, folder)))

test('contains every folder with a recipe, under the name of the folder', async () => {
  expect(modelKinds().sort()).toEqual(withRecipe.sort())
  for (const kind of modelKinds()) expect((await getRecipe(kind)).kind).toBe(kind)
})

test('contains the baselines', () => {
  expect(modelKinds()).toEqual(expect.arrayContaining([...BASELINES]))
})

test('rejects an unknown kind and lists the supported ones', async () => {
  await expect(getRecipe('toString')).rejects.toThrow(
    "Unknown model kind 'toString'; supported: als-explicit, als,",
  )
  await expect(getMemberRecipe('popularity')).rejects.toThrow(
    "A model of kind 'popularity' cannot be a member; supported: ials, bert4rec, ease, item-knn, markov, sasrec",
  )
})
