import { expect, test } from 'vitest'
import { Ledger } from './ledger.js'

const nothing = { facts: new Set<string>(), settings: new Map<string, string>() }
const differences = (ledger: Ledger, found: Partial<typeof nothing>) =>
  ledger.differences(found.facts ?? nothing.facts, found.settings ?? nothing.settings)

test('reports a lost write only when it was acknowledged', () => {
  const ledger = new Ledger()
  const acknowledge = ledger.add(['loss 1', 'loss 2'])
  expect(differences(ledger, {})).toEqual([])
  acknowledge()
  expect(differences(ledger, { facts: new Set(['loss 1']) })).toEqual([
    'acknowledged, but 1 of 2 are lost: loss 2',
  ])
  expect(differences(ledger, { facts: new Set(['loss 1', 'loss 2']) })).toEqual([])
})

test('reports half of an unacknowledged write, and facts that nobody sent', () => {
  const ledger = new Ledger()
  ledger.add(['loss 1', 'loss 2'])
  expect(differences(ledger, { facts: new Set(['loss 2']) })).toEqual([
    'unacknowledged, but 1 of 2 are stored: loss 1',
  ])
  expect(
    differences(ledger, { facts: new Set(['loss 3']), settings: new Map([['file a', 'x']]) }),
  ).toHaveLength(2)
})

test('accepts the last acknowledged value or one sent after it', () => {
  const ledger = new Ledger()
  const found = (value: string) => differences(ledger, { settings: new Map([['tag t', value]]) })
  ledger.set('tag t', 'first')()
  ledger.set('tag t', 'second')()
  ledger.set('tag t', 'third')
  expect([...found('second'), ...found('third')]).toEqual([])
  expect(found('first')).toEqual(['tag t is first; it can only be second or third'])
  expect(differences(ledger, {})).toEqual(['tag t is missing; it can only be second or third'])
})
