import type { TableUpdateTrigger } from '@cairn/platform/protocol/databricks/job-triggers'
import { expect, test } from 'vitest'
import { observeTables, type TableVersions } from './table-updates.js'

/** The seconds at which a trigger fires, when it sees these versions of tables `a` and `b`. */
function firings(trigger: TableUpdateTrigger, seen: readonly [second: number, a: number, b: number][]) {
  let state: TableVersions | undefined
  const fired: number[] = []
  for (const [second, a, b] of seen) {
    const observation = observeTables(trigger, state, { a, b }, second * 1000)
    state = observation.state
    if (observation.fires) fired.push(second)
  }
  return fired
}
const table_names = ['a', 'b']

test('the first observation starts no run, and each later update starts one', () => {
  expect(
    firings({ table_names }, [
      [0, 5, 7],
      [15, 5, 7],
      [30, 6, 7],
      [45, 6, 7],
      [60, 9, 8],
    ]),
  ).toEqual([30, 60])
})

test('ALL_UPDATED waits for each table, in any order', () => {
  expect(
    firings({ table_names, condition: 'ALL_UPDATED' }, [
      [0, 1, 1],
      [15, 2, 1],
      [30, 3, 1],
      [45, 3, 2],
      [60, 4, 2],
    ]),
  ).toEqual([45])
})

test('updates in the pause between runs start one run after it', () => {
  expect(
    firings({ table_names, min_time_between_triggers_seconds: 60 }, [
      [0, 1, 1],
      [15, 2, 1],
      [30, 3, 1],
      [45, 4, 1],
      [75, 4, 1],
      [90, 4, 1],
    ]),
  ).toEqual([15, 75])
})

test('a trigger with a pause after changes starts one run after the last of many updates', () => {
  expect(
    firings({ table_names, wait_after_last_change_seconds: 60 }, [
      [0, 1, 1],
      [15, 2, 1],
      [60, 3, 1],
      [105, 3, 1],
      [120, 3, 1],
      [135, 3, 1],
    ]),
  ).toEqual([120])
})

test('a table that was replaced by an older version counts as updated', () => {
  expect(
    firings({ table_names }, [
      [0, 8, 1],
      [15, 0, 1],
    ]),
  ).toEqual([15])
})

test('updates wait while no run can start', () => {
  const { state: before } = observeTables({ table_names }, undefined, { a: 1, b: 1 }, 0)
  const first = observeTables({ table_names }, before, { a: 2, b: 1 }, 15_000)
  expect(first.fires).toBe(true)
  expect(observeTables({ table_names }, first.waiting, { a: 2, b: 1 }, 30_000).fires).toBe(true)
})
