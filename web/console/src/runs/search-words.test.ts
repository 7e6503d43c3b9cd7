import { expect, test } from 'vitest'
import { columnFromId } from './columns.js'
import { checkFilter } from './filter-check.js'
import { isWords, searchesAll, wordsFilter } from './search-words.js'

test('tells words from filters that are wrong or unfinished', () => {
  for (const words of ['vanilla-cosine', 'gbdt 12', '0.003', '지하철 2호선', "it's", 'status'])
    expect(isWords(words), words).toBe(true)
  for (const filter of [
    'metrics.loss',
    'metrics.loss <',
    'params.`a',
    "run_name = 'a'",
    'loss > 1',
    '(',
    `"'`,
  ])
    expect(isWords(filter), filter).toBe(false)
})

test('searches the name and the parameters by a valid filter', () => {
  const available = ['metrics.loss', 'params.model', 'params.학습률', 'tags.team'].map(
    (id) => columnFromId(id)!,
  )
  const filter = wordsFilter("it's", available)
  expect(filter).toBe(
    'attributes.run_name ILIKE "%it\'s%" OR params.model ILIKE "%it\'s%" OR params.`학습률` ILIKE "%it\'s%"',
  )
  expect(checkFilter(filter)).toBeUndefined()
})

test('searches 30 parameters at most, and tells when there are more', () => {
  const available = Array.from({ length: 40 }, (_, i) => columnFromId(`params.p${i}`)!)
  expect(wordsFilter('x', available).split(' OR ')).toHaveLength(31)
  expect([30, 31].map((count) => searchesAll(available.slice(0, count)))).toEqual([true, false])
})
