import { expect, test } from 'vitest'
import { ancestorsOf, lastPart, securableOf } from './securable.js'

test('derives type, ancestors and last part from a full name', () => {
  expect(['main', 'main.movielens', 'main.movielens.ratings'].map((name) => securableOf(name).type)).toEqual([
    'catalog',
    'schema',
    'table',
  ])
  expect(ancestorsOf('main.movielens.ratings')).toEqual(['main', 'main.movielens'])
  expect(ancestorsOf('main')).toEqual([])
  expect(lastPart('main.movielens.ratings')).toBe('ratings')
})
