import { expect, test } from 'vitest'
import { leakMessages } from './leak-flags.js'

test('returns messages of flags, plain texts, and a tag that is not JSON unchanged', () => {
  expect(leakMessages(undefined)).toEqual([])
  expect(leakMessages('[]')).toEqual([])
  expect(leakMessages('[{"code":"below_popularity","message":"below"},"mine",{"code":"x"}]')).toEqual([
    'below',
    'mine',
    '{"code":"x"}',
  ])
  expect(leakMessages('not json')).toEqual(['not json'])
})
