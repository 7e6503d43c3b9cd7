import { CairnError } from '@cairn/sdk/cairn-error'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { failureOf, retryInSeconds } from '../api/failure.js'
import { linksOf } from '../api/links.js'
import { titlesOf } from '../api/titles.js'
import { barsOf, explanationOf, formatScore } from './reason.js'

describe('explanationOf', () => {
  const history = (contribution: number, title?: string) =>
    ({ type: 'history', item_id: 6, contribution, ...(title && { title }) }) as const

  test('names the film that contributed most', () => {
    expect(explanationOf({ score: 0.5, reason: history(0.25, 'Matrix, The (1999)') })).toEqual({
      kind: 'because',
      key: '6',
      title: 'The Matrix',
      share: 0.5,
    })
  })

  test('falls back to the id if the model has no title', () => {
    expect(explanationOf({ score: 1, reason: history(0.25) })).toMatchObject({ title: '6', share: 0.25 })
  })

  test.each([
    [0.5, 0.6],
    [0.5, 0.5],
    [0.5, -0.1],
    [-0.5, -0.1],
    [0, 0],
  ])('omits the share for a score of %d with a contribution of %d', (score, contribution) => {
    expect(explanationOf({ score, reason: history(contribution) })).not.toHaveProperty('share')
  })

  test('names the most influential film without a share', () => {
    const reason = { ...history(0.25), type: 'influence' } as const
    expect(explanationOf({ score: 0.5, reason })).toEqual({ kind: 'because', key: '6', title: '6' })
  })

  test('names the film that this one often follows', () => {
    const reason = { type: 'recent', item_id: 6, title: 'Heat (1995)' } as const
    expect(explanationOf({ score: 0.5, reason })).toEqual({ kind: 'after', key: '6', title: 'Heat' })
  })

  test.each(['profile', 'popularity'] as const)('returns the kind %s', (type) => {
    expect(explanationOf({ score: 1, reason: { type } })).toEqual({ kind: type })
  })

  test.each([
    ['genres', 'genres'],
    ['imdb_rating', 'rating'],
    ['place', 'profile'],
  ])('maps the trait %s to %s', (trait, kind) => {
    expect(explanationOf({ score: 1, reason: { type: 'trait', trait, contribution: 0.5 } })).toEqual({ kind })
  })
})

test('scales bars to the best score', () => {
  expect(barsOf([4, 2, 0, -1])).toEqual([1, 0.5, 0, 0])
  expect(barsOf([])).toEqual([])
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (scores) => {
      const bars = barsOf(scores)
      expect(bars.every((bar) => bar >= 0 && bar <= 1)).toBe(true)
      for (const [i, a] of scores.entries())
        for (const [j, b] of scores.entries()) if (a > b) expect(bars[i]).toBeGreaterThanOrEqual(bars[j]!)
    }),
  )
})

test('formats scores in the UI language', () => {
  expect([
    formatScore(0.83251, 'en'),
    formatScore(321, 'en'),
    formatScore(0, 'en'),
    formatScore(12345, 'ko'),
  ]).toEqual(['0.833', '321', '0.000', '12,345'])
})

describe('failureOf', () => {
  const error = (status: number, code = 'X') => new CairnError(code, 'server message', status)
  test.each([
    [error(503), 'notReady', 2],
    [error(429), 'busy', 2],
    [error(504), 'timeout', 2],
    [error(0, 'DEADLINE_EXCEEDED'), 'timeout', 2],
    [error(0, 'NETWORK_ERROR'), 'unreachable', 2],
    [error(404), 'missing', undefined],
    [error(403), 'refused', undefined],
    [error(401), 'refused', undefined],
    [error(500), 'broken', undefined],
    [error(400), 'broken', undefined],
    [new TypeError('x'), 'broken', undefined],
  ])('%s', (cause, kind, seconds) => {
    const failure = failureOf(cause, true)
    expect(failure.kind).toBe(kind)
    expect(retryInSeconds(failure, 0)).toBe(seconds)
  })

  test('reports offline if the browser is offline', () => {
    expect(failureOf(error(0), false).kind).toBe('offline')
    expect(failureOf(error(503), false)).toEqual({ kind: 'notReady', detail: 'server message' })
  })

  test('backs off between retries', () => {
    const waits = [0, 1, 2, 50].map((attempt) => retryInSeconds({ kind: 'notReady', detail: '' }, attempt))
    expect(waits).toEqual([2, 4, 6, 20])
  })
})

const columnsOf = (...names: string[]) => names.map((name) => ({ name, type: 'STRING' }))

test('reads titles from the columns that the table has', () => {
  const columns = columnsOf('movie_id', 'title', 'genres', 'tconst', 'title_ko')
  const rows = [
    [6, 'Heat (1995)', ['Action', 'Crime'], 'tt0113277', '히트'],
    [null, 'lost', [], null, null],
    [7, null, [], null, null],
  ]
  const { films, total } = titlesOf({ columns, rows, total_rows: 3 })
  expect(total).toBe(3)
  expect(films).toHaveLength(1)
  expect(films[0]).toMatchObject({
    id: 6,
    title: 'Heat',
    year: 1995,
    imdbId: 'tt0113277',
    koreanTitle: '히트',
  })
  expect(titlesOf({ columns: columnsOf('title'), rows: [['Heat']], total_rows: 1 }).films).toEqual([])
})

test('keeps leading zeros of ids in links and omits unknown ids', () => {
  const columns = columnsOf('movie_id', 'imdb_id', 'tmdb_id')
  const rows = [
    [1, '0114709', '862'],
    [2, 113277, null],
    [3, null, null],
  ]
  expect([...linksOf({ columns, rows, total_rows: 3 })]).toEqual([
    ['1', { imdbId: 'tt0114709', tmdbId: '862' }],
    ['2', { imdbId: 'tt0113277' }],
    ['3', {}],
  ])
})
