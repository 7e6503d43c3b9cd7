import { expect, test } from 'vitest'
import { buildInteractions } from '../../data/interactions.js'
import { split } from '../../evaluation/splits/split.js'
import { alsFactorScorer } from './scorer.js'
import { trainAls } from './train.js'

/** Two groups of users with different tastes; user 0 belongs to the first. Every user's last item is of another kind. */
function tastes() {
  const users: number[] = []
  const items: number[] = []
  for (let user = 0; user < 40; user++)
    for (let step = 0; step < 6; step++) {
      users.push(user)
      items.push((user % 2) * 10 + ((user + step * (1 + (user % 3))) % 10))
    }
  return buildInteractions({ users, items }, 'row')
}

const events = tastes()
const { train } = split('loo.v1', events).test

test('scores training histories by the trained vector and other histories by fold-in', async () => {
  const model = await trainAls(train, { factors: 8, epochs: 12, seed: 1 }, { threads: 1 })
  const scorer = alsFactorScorer(model, train)
  const users = Int32Array.of(0, 1)
  expect([...scorer.userVectors(train, users)]).toEqual([...model.userFactors.subarray(0, 16)])
  const other = { ...train, itemOf: train.itemOf.slice() }
  const folded = new Float32Array(40)
  const trained = new Float32Array(40)
  await scorer.score(other, users, folded)
  await scorer.score(train, users, trained)
  expect(folded).not.toEqual(trained)
  for (let at = 0; at < 40; at++) expect(folded[at]!).toBeCloseTo(trained[at]!, 1)
})

test('scores new users by their history and gives users without events zeros', async () => {
  const without = { ...train, ends: train.ends.map((end, user) => (user < 2 ? train.starts[user]! : end)) }
  const model = await trainAls(without, { factors: 8, epochs: 12, seed: 1 }, { threads: 1 })
  const scorer = alsFactorScorer(model, without)
  const scores = new Float32Array(40)
  await scorer.score(train, Int32Array.of(0, 1), scores)
  const mean = (from: number) => scores.subarray(from, from + 10).reduce((sum, score) => sum + score, 0) / 10
  expect(mean(0)).toBeGreaterThan(mean(10) + 0.2)
  expect(mean(30)).toBeGreaterThan(mean(20) + 0.2)
  await scorer.score(without, Int32Array.of(0), scores.subarray(0, 20))
  expect([...scores.subarray(0, 20)]).toEqual(Array(20).fill(0))
})
