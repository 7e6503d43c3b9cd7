import { expect, test } from 'vitest'
import { type ObservedFiles, observeFiles } from './file-arrivals.js'

const trigger = { min_time_between_triggers_seconds: 60, wait_after_last_change_seconds: 10 }

/** Observes folders at times in seconds. @returns the times at which the trigger fires */
function firings(
  observations: readonly (readonly [seconds: number, paths: readonly string[]])[],
  pauses = {},
) {
  let before: ObservedFiles | undefined
  return observations.flatMap(([seconds, paths]) => {
    const { state, fires } = observeFiles(pauses, before, paths, seconds * 1000)
    before = JSON.parse(JSON.stringify(state))
    return fires ? [seconds] : []
  })
}

test('files that exist when the trigger is set start no run', () => {
  expect(
    firings([
      [0, ['a', 'b']],
      [15, ['a', 'b']],
    ]),
  ).toEqual([])
})

test('each new file starts a run once, and deleted ones start none', () => {
  const folders = [
    [0, []],
    [15, ['a']],
    [30, ['a']],
    [45, ['b']],
    [60, []],
    [75, ['b']],
  ] as const
  expect(firings(folders)).toEqual([15, 45, 75])
})

test('delays a run until no file has arrived, and no run has started, for the pauses of the trigger', () => {
  const folders = [
    [0, []],
    [15, ['a']],
    [20, ['a', 'b']],
    [29, ['a', 'b']],
    [30, ['a', 'b']],
  ] as const
  expect(firings([...folders, [45, ['c']], [89, ['c']], [90, ['c']]], trigger)).toEqual([30, 90])
})

test('an arrival waits while no run can start', () => {
  const { state: before } = observeFiles({}, undefined, [], 0)
  const first = observeFiles({}, before, ['a'], 15_000)
  expect(first.fires).toBe(true)
  expect(observeFiles({}, first.waiting, ['a'], 30_000).fires).toBe(true)
  expect(observeFiles({}, first.state, ['a'], 30_000).fires).toBe(false)
})
