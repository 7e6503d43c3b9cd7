import { expect, test } from 'vitest'
import { bert4rec, type ClozeSettings } from '../../models/bert4rec/network.js'
import { sasrec } from '../../models/sasrec/network.js'
import type { SequenceKind } from './network.js'
import { type Sequences, Shards, stepsPerEpoch } from './shards.js'

const sizes = { items: 50, width: 8, blocks: 1, heads: 1, maxLength: 8 }
const lengths = [2, 5, 30, 8, 3, 9, 10]
const starts = Int32Array.from(lengths, (_, n) => lengths.slice(0, n).reduce((a, b) => a + b, 0))
const sequences: Sequences = {
  starts,
  ends: starts.map((start, n) => start + lengths[n]!),
  itemOf: Int32Array.from({ length: 67 }, (_, n) => n % 50),
}
const settings: ClozeSettings = { mask_probability: 0.3, last_item_share: 0.2 }
const sampling = { sizes, settings, seed: 1, batchSize: 4 }
const of = (kind: SequenceKind) => new Shards(sequences, { ...sampling, kind })

test('uses every user once per epoch', () => {
  expect(stepsPerEpoch(sequences, 4)).toBe(2)
  const shards = of(sasrec)
  const rows = [0, 1].flatMap((step) => shards.of(0, step)).reduce((sum, { batch }) => sum + batch, 0)
  expect(rows).toBe(lengths.length)
})

test('gives the targets of a step a total weight of 1', () => {
  const step = of(bert4rec as SequenceKind).of(3, 0)
  expect(step.reduce((sum, { labels, weight }) => sum + labels.length * weight, 0)).toBeCloseTo(1)
})

test('SASRec: predicts the next item at each position', () => {
  for (const { tokens, positions, labels, length } of of(sasrec).of(0, 0)) {
    for (const [n, position] of positions.entries()) {
      expect(tokens[position]).toBeGreaterThan(0)
      if ((position + 1) % length !== 0) expect(tokens[position + 1]).toBe(labels[n])
    }
    expect(positions.length).toBe(tokens.filter((token) => token !== 0).length)
  }
})

test('BERT4Rec: masks exactly the predicted items', () => {
  for (let epoch = 0; epoch < 20; epoch++)
    for (const { tokens, positions, labels } of of(bert4rec as SequenceKind).of(epoch, 0)) {
      expect([...tokens.keys()].filter((at) => tokens[at] === 51)).toEqual(
        [...positions].sort((a, b) => a - b),
      )
      for (const label of labels) expect(label).toBeGreaterThan(0)
    }
})

test('returns the same shards for an epoch and step, independent of earlier calls', () => {
  const used = of(bert4rec as SequenceKind)
  used.of(4, 1)
  expect(used.of(2, 0)).toEqual(of(bert4rec as SequenceKind).of(2, 0))
  expect(used.of(2, 0)).not.toEqual(used.of(3, 0))
})

test('samples windows from everywhere in long histories', () => {
  const shards = of(sasrec)
  const seen = new Set<number>()
  for (let epoch = 0; epoch < 60; epoch++)
    for (const step of [0, 1])
      for (const { tokens } of shards.of(epoch, step)) for (const one of tokens) seen.add(one)
  for (let event = starts[2]!; event < starts[2]! + 29; event++) expect(seen.has((event % 50) + 1)).toBe(true)
})
