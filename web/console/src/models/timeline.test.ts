import { expect, test } from 'vitest'
import type { Promotion } from '../api/models.js'
import { aVersion } from '../testing/fixtures.js'
import { timelineOf } from './timeline.js'

const moved = (version: string, decided_at: number, verdict: Promotion['verdict'] = 'passed'): Promotion => ({
  ...{ id: `${decided_at}`, name: 'films', version, alias: 'champion', verdict },
  ...{ checks: [], decided_by: 'owner', decided_at },
})
const versions = [
  aVersion({ version: '2', creation_timestamp: 20 }),
  aVersion({ version: '1', creation_timestamp: 10 }),
]

test('shows which version an alias had when, without decisions that failed', () => {
  const timeline = timelineOf({
    versions,
    promotions: [moved('2', 25), moved('2', 22, 'failed'), moved('1', 12, 'forced')],
    aliases: [
      { alias: 'champion', version: '2' },
      { alias: 'challenger', version: '1' },
    ],
    now: 100,
  })
  expect(timeline).toEqual({
    start: 10,
    end: 100,
    versions: [
      { version: '1', at: 10 },
      { version: '2', at: 20 },
    ],
    aliases: [
      { alias: 'challenger', spans: [{ version: '1', from: 10, to: undefined }] },
      {
        alias: 'champion',
        spans: [
          { version: '1', from: 12, to: 25 },
          { version: '2', from: 25, to: undefined },
        ],
      },
    ],
  })
})

test('ends the span of an alias that was removed or moved outside of the gate', () => {
  const promotions = [moved('1', 12)]
  const spans = (aliases: { alias: string; version: string }[]) =>
    timelineOf({ versions, promotions, aliases, now: 100 })!.aliases[0]!.spans
  expect(spans([])).toEqual([{ version: '1', from: 12, to: 100 }])
  expect(spans([{ alias: 'champion', version: '2' }])).toEqual([
    { version: '1', from: 12, to: 100 },
    { version: '2', from: 100, to: undefined },
  ])
  expect(timelineOf({ versions: [], promotions: [], aliases: [], now: 1 })).toBeUndefined()
})
