import { expect, test } from 'vitest'
import { ancestorsOf, isSecurable, lastPart, pageOf, quotedName, securableOf } from './securable.js'

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

test('objects of the catalog have a page, and volumes one of their own', () => {
  expect(['catalog', 'table', 'volume', 'job'].filter(isSecurable)).toEqual(['catalog', 'table', 'volume'])
  const name = 'main.movielens.files'
  expect(pageOf({ type: 'table', name }).to).toBe('/catalog/$name')
  expect(pageOf({ type: 'volume', name }).to).toBe('/catalog/volumes/$name')
})

test('a name in SQL has quotes where it needs them', () => {
  expect(quotedName('main.movielens.ratings')).toBe('main.movielens.ratings')
  expect(quotedName('main.dev-ada.2026')).toBe('main."dev-ada"."2026"')
  expect(quotedName('main.Default.t')).toBe('main."Default".t')
})
