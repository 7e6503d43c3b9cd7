import { ReadEvents } from '@cairn/platform/protocol/cairn/events'
import { CountRuns } from '@cairn/platform/protocol/cairn/run-tables'
import { DeleteRuns, RestoreRuns } from '@cairn/platform/protocol/databricks/run-stages'
import { CreateExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import { CreateRun } from '@cairn/platform/protocol/mlflow/runs'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { tracking } from '../plugin.js'

describe.each(databases)('deleting and restoring many runs on %s', (_name, database) => {
  let served: TestApp
  let now = 1_000_000
  let experiment_id: string
  beforeAll(async () => {
    served = await testApp(async (app, context) => void (await app.register(tracking, { context })), {
      database,
      now: () => now,
    })
  })
  afterAll(() => served.close())
  beforeEach(async () => {
    const call = served.context.client()
    experiment_id = (await call(CreateExperiment, { name: `at ${++now}` })).experiment_id
    for (const id of [experiment_id, '0'])
      for (const start_time of [10, 20, 30, 40, 50]) await call(CreateRun, { experiment_id: id, start_time })
  })
  const call = () => served.context.client()
  const count = async (run_view_type: 'ACTIVE_ONLY' | 'DELETED_ONLY', experiment = experiment_id) =>
    (await call()(CountRuns, { experiment_ids: [experiment], run_view_type })).count

  test('deletes the runs of one experiment that started until a time, and restores those deleted since a time', async () => {
    const others = await count('ACTIVE_ONLY', '0')
    expect(await call()(DeleteRuns, { experiment_id, max_timestamp_millis: 20 })).toEqual({ runs_deleted: 2 })
    const second = ++now
    expect(await call()(DeleteRuns, { experiment_id, max_timestamp_millis: 30 })).toEqual({ runs_deleted: 1 })
    expect([await count('ACTIVE_ONLY'), await count('DELETED_ONLY')]).toEqual([2, 3])
    expect(await call()(RestoreRuns, { experiment_id, min_timestamp_millis: second })).toEqual({
      runs_restored: 1,
    })
    expect(await call()(RestoreRuns, { experiment_id, min_timestamp_millis: 0 })).toEqual({
      runs_restored: 2,
    })
    expect([await count('ACTIVE_ONLY'), await count('DELETED_ONLY')]).toEqual([5, 0])
    expect(await count('ACTIVE_ONLY', '0')).toBe(others)
  })

  test('changes a limited number of runs, and the rest by further requests', async () => {
    const deleted = []
    for (let i = 0; i < 4; i++)
      deleted.push(
        (await call()(DeleteRuns, { experiment_id, max_timestamp_millis: 100, max_runs: 2 })).runs_deleted,
      )
    expect(deleted).toEqual([2, 2, 1, 0])
  })

  test('announces each changed run', async () => {
    const changes = async (after?: string) =>
      call()(ReadEvents, { types: ['run'], experiment_ids: [experiment_id], ...(after && { after }) })
    const before = await changes()
    const { run } = await call()(CreateRun, { experiment_id, start_time: 90 })
    const created = async () => (await changes(before.last_event_id)).events
    const one = { type: 'run', experiment_id }
    await expect.poll(created).toContainEqual({ ...one, run_id: run.info.run_id })
    const { last_event_id } = await changes()
    await call()(DeleteRuns, { experiment_id, max_timestamp_millis: 20 })
    const deleted = expect.objectContaining(one)
    await expect.poll(async () => (await changes(last_event_id)).events).toEqual([deleted, deleted])
  })

  test('refuses other limits and experiments that do not exist', async () => {
    for (const max_runs of [0, 10_001])
      await expect(call()(DeleteRuns, { experiment_id, max_timestamp_millis: 1, max_runs })).rejects.toThrow(
        'max_runs',
      )
    await expect(
      call()(RestoreRuns, { experiment_id: '987654321', min_timestamp_millis: 1 }),
    ).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })
})
