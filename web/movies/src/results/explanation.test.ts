import { describe, expect, test } from 'vitest'
import { explanationOf } from './explanation.js'

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
