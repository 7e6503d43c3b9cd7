import type { HistoryScorer } from '@cairn/flavors/recommender/history-scorer'
import { expect, test } from 'vitest'
import { buildInteractions } from '../data/interactions.js'
import { fromHistoryScorer } from './history-scorer.js'

const events = buildInteractions({ users: ['a', 'a', 'b', 'c', 'c', 'c'], items: [1, 2, 2, 3, 1, 2] }, 'row')

/** An item's score is its row plus 10 per event of the history. */
const counting: HistoryScorer = {
  items: 3,
  score(histories, into) {
    for (const [row, history] of histories.entries())
      for (let item = 0; item < 3; item++) into[row * 3 + item] = history.length * 10 + item
  },
}

test('scores each user by their own events, in the order requested', async () => {
  const into = new Float32Array(6)
  await fromHistoryScorer(counting).score(events, Int32Array.of(2, 0), into)
  expect([...into]).toEqual([30, 31, 32, 20, 21, 22])
})

test('gives a user without events −Infinity and leaves the others unchanged', async () => {
  const none = {
    ...events,
    ends: Int32Array.from(events.ends, (end, user) => (user === 1 ? events.starts[1]! : end)),
  }
  const into = new Float32Array(9)
  await fromHistoryScorer(counting).score(none, Int32Array.of(0, 1, 2), into)
  const nothing = Number.NEGATIVE_INFINITY
  expect([...into]).toEqual([20, 21, 22, nothing, nothing, nothing, 30, 31, 32])
})
