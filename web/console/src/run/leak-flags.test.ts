import { expect, test } from 'vitest'
import { leakMessages } from './leak-flags.js'

test('flags are shown by their message, texts as they are, and what cannot be read whole', () => {
  expect(leakMessages(undefined)).toEqual([])
  expect(leakMessages('[]')).toEqual([])
  expect(leakMessages('[{"code":"below_popularity","message":"below"},"mine",{"code":"x"}]')).toEqual([
    'below',
    'mine',
    '{"code":"x"}',
  ])
  expect(leakMessages('not json')).toEqual(['not json'])
})
