import { expect, test } from 'vitest'
import type { AliasMove } from '../api/models.js'
import { aVersion } from '../testing/fixtures.js'
import { timelineOf } from './timeline.js'

const moved = (version: string | undefined, moved_at: number): AliasMove => ({
  ...{ alias: 'champion', moved_at },
  ...(version && { version }),
})
const versions = [
  aVersion({ version: '2', creation_timestamp: 20 }),
  aVersion({ version: '1', creation_timestamp: 10 }),
]

test('shows which version an alias had when, and when it had none', () => {
  const timeline = timelineOf({
    versions,
    moves: [moved('2', 25), moved(undefined, 22), moved('1', 12)],
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
          { version: '1', from: 12, to: 22 },
          { version: '2', from: 25, to: undefined },
        ],
      },
    ],
  })
})

test('ends the span of an alias whose version was deleted, or that moved before moves were recorded', () => {
  const moves = [moved('1', 12)]
  const spans = (aliases: { alias: string; version: string }[]) =>
    timelineOf({ versions, moves, aliases, now: 100 })!.aliases[0]!.spans
  expect(spans([])).toEqual([{ version: '1', from: 12, to: 100 }])
  expect(spans([{ alias: 'champion', version: '2' }])).toEqual([
    { version: '1', from: 12, to: 100 },
    { version: '2', from: 100, to: undefined },
  ])
  expect(timelineOf({ versions: [], moves: [], aliases: [], now: 1 })).toBeUndefined()
})
