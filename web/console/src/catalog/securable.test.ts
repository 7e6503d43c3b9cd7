import { expect, test } from 'vitest'
import { ancestorsOf, lastPart, securableOf } from './securable.js'

test('a name says what it names by its parts', () => {
  expect(['main', 'main.movielens', 'main.movielens.ratings'].map((name) => securableOf(name).type)).toEqual([
    'catalog',
    'schema',
    'table',
  ])
  expect(ancestorsOf('main.movielens.ratings')).toEqual(['main', 'main.movielens'])
  expect(ancestorsOf('main')).toEqual([])
  expect(lastPart('main.movielens.ratings')).toBe('ratings')
})
