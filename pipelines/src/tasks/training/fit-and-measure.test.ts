import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildInteractions } from '@cairn/recommenders/data/interactions'
import type { FitStep } from '@cairn/recommenders/recipe'
import { afterAll, expect, test } from 'vitest'
import { type FitTask, fitAndMeasure } from './fit-and-measure.js'

const folder = mkdtempSync(join(tmpdir(), 'cairn-fit-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** 40 users who watch 30 films in order, each from a different start. */
function walks() {
  const users = Array.from({ length: 480 }, (_, event) => 1 + (event % 40))
  const items = users.map((user, event) => 1 + ((user * 3 + Math.floor(event / 40)) % 30))
  return buildInteractions({ users, items, times: users.map((_, event) => event) }, 'hash')
}

const task = (kind: string, parameters: FitTask['parameters'] = {}): FitTask => ({
  kind,
  parameters,
  interactions: walks(),
  facts: {},
  protocols: {
    primary: { id: 'loo.full.seenfiltered.v1', prefix: '' },
    secondary: { id: 'gts.q90.full.seenfiltered.v1', prefix: 'gts_' },
  },
  metadata: { protocol: 'loo.full.seenfiltered.v1' },
  checkpoints: join(folder, kind),
})

test('measures under each protocol, and reports three fits as one', async () => {
  const steps: [FitStep, boolean][] = []
  const small = task('als', { factors: 8, epochs: 3 })
  const { measured, files } = await fitAndMeasure(small, (...step) => void steps.push(step))
  expect(measured.map(({ protocol }) => protocol)).toEqual(Object.values(small.protocols).map(({ id }) => id))
  expect(String(files.MLmodel)).toContain('fitted_on: all events')
  expect(steps.at(-1)![0]).toMatchObject({ done: 9, total: 9, unit: 'epochs' })
  expect([steps[0]![1], steps.at(-1)![1]]).toEqual([true, false])
})

test('measures under the primary protocol alone if the other has no users', async () => {
  const { secondary: _, ...protocols } = task('popularity').protocols
  const last: FitStep[] = []
  const once = { ...task('als', { factors: 8, epochs: 3 }), protocols }
  const { measured } = await fitAndMeasure(once, (step) => void last.push(step))
  expect(measured.map(({ protocol }) => protocol)).toEqual(['loo.full.seenfiltered.v1'])
  expect(last.at(-1)).toMatchObject({ done: 6, total: 6 })
})

test('measures a model once that is fitted once', async () => {
  const tiny = { epochs: 2, width: 8, blocks: 1, max_length: 8, validation_users: 10 }
  const { measured, files } = await fitAndMeasure(task('bert4rec', tiny), () => undefined)
  expect(measured.map(({ protocol }) => protocol)).toEqual(['loo.full.seenfiltered.v1'])
  expect(String(files.MLmodel)).toContain('fitted_on: the training part of loo.full.seenfiltered.v1')
})
