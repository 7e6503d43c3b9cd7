import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildInteractions } from '@cairn/recommenders/data/interactions'
import type { FitStep } from '@cairn/recommenders/recipe'
import { afterAll, expect, test } from 'vitest'
import { type FitTask, fitAndMeasure } from './fit-and-measure.js'
import { fitApart } from './fit-apart.js'

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
const never = new AbortController().signal
const SMALL = { factors: 8, epochs: 3 }
const TINY = { epochs: 2, width: 8, blocks: 1, max_length: 8, validation_users: 10 }

test('returns the same result as in this process, with steps and costs', async () => {
  const steps: [FitStep, boolean][] = []
  const apart = await fitApart(task('als', SMALL), (...step) => void steps.push(step), never)
  const here = await fitAndMeasure(task('als', SMALL), () => undefined)
  expect(apart.result.measured).toEqual(here.measured)
  expect(Object.keys(apart.result.files)).toEqual(Object.keys(here.files))
  expect(steps.at(-1)![0]).toMatchObject({ done: 9, total: 9, unit: 'epochs' })
  expect([steps[0]![1], steps.at(-1)![1]]).toEqual([true, false])
  expect(apart.peakBytes).toBeGreaterThan(1e6)
  expect(apart.cpuSeconds).toBeGreaterThan(0)
}, 300_000)

test('measures a model once that is fitted once', async () => {
  const { result } = await fitApart(task('bert4rec', TINY), () => undefined, never)
  expect(result.measured.map(({ protocol }) => protocol)).toEqual(['loo.full.seenfiltered.v1'])
  expect(String(result.files.MLmodel)).toContain('fitted_on: the training part of loo.full.seenfiltered.v1')
}, 300_000)

test('passes on the message of an error', async () => {
  const refused = fitApart(task('als', { factors: 0 }), () => undefined, never)
  await expect(refused).rejects.toThrow("iALS parameter 'factors' must be >= 1")
}, 300_000)

test('stops on abort in the middle of a long fit', async () => {
  const controller = new AbortController()
  const long = task('bert4rec', { ...TINY, epochs: 10_000, patience: 10_000 })
  const fitting = fitApart(
    long,
    () => controller.abort(new Error('cancelled by the user')),
    controller.signal,
  )
  await expect(fitting).rejects.toThrow('cancelled by the user')
}, 300_000)
