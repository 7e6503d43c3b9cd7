import { expect, test } from 'vitest'
import { bert4rec } from '../../models/bert4rec/recipe.js'
import { resolveParameters } from '../../recipe.js'
import { resolveAutoParameters } from './parameters.js'

test.each([
  [10, { epochs: 80, batch_size: 8, max_length: 50 }],
  [671, { epochs: 80, batch_size: 17, max_length: 50 }],
  [6040, { epochs: 200, batch_size: 64, max_length: 100 }],
])('resolves automatic values for %d users', (users, settled) => {
  expect(resolveAutoParameters(resolveParameters(bert4rec), users)).toMatchObject(settled)
})

test('keeps explicit values', () => {
  const overrides = { epochs: 3, batch_size: 100, max_length: 20 }
  expect(resolveAutoParameters(resolveParameters(bert4rec, overrides), 671)).toMatchObject(overrides)
})

test.each([
  [{ mask_probability: 0 }, 'mask_probability'],
  [{ dropout: 1 }, 'dropout'],
  [{ width: 2.5 }, 'width'],
])('rejects %o by name', (overrides, name) => {
  expect(() => resolveParameters(bert4rec, overrides)).toThrow(`BERT4Rec parameter '${name}'`)
})
