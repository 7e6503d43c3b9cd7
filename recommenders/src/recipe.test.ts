import { expect, test } from 'vitest'
import { getRecipe, modelKinds } from './models/kinds.js'
import { resolveParameters } from './recipe.js'

test.each(modelKinds())('%s names an unknown parameter, and those that it has', async (kind) => {
  const recipe = await getRecipe(kind)
  const names = Object.keys(recipe.parameters.properties)
  expect(() => resolveParameters(recipe, { facters: 3 } as object)).toThrow(
    `${recipe.title} has no parameter 'facters'; supported: ${names.join(', ')}.`,
  )
  expect(Object.keys(resolveParameters(recipe)).sort()).toEqual(names.toSorted())
})
