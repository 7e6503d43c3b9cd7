import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import { CreateExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import { CreateRun } from '@cairn/platform/protocol/mlflow/runs'
import { testApp } from '@cairn/platform/testing/app'
import { expect, onTestFinished, test } from 'vitest'
import { tracking } from '../plugin.js'
import type { TrackingSchema } from '../schema.js'

test('a run that moved, because it was purged and imported again, has the rights of its new experiment', async () => {
  const clock = { now: 1_700_000_000_000 }
  const served = await testApp(async (app, context) => void (await app.register(tracking, { context })), {
    now: () => clock.now,
  })
  onTestFinished(() => served.close())
  const call = served.context.client()
  const { experiment_id: first } = await call(CreateExperiment, { name: 'first' })
  const { experiment_id: second } = await call(CreateExperiment, { name: 'second' })
  const { run } = await call(CreateRun, { experiment_id: first })
  const { run_id } = run.info
  const naming = served.context.authorizer.objects.namings('experiment')!.run_id!
  const owners = async () => (await naming.find([run_id])).get(run_id)
  const db = served.context.db.for<TrackingSchema>()
  const moveTo = (experiment: string) =>
    db.transaction((tx) =>
      tx
        .updateTable('runs')
        .set({ experiment_id: Number(experiment) })
        .where('run_id', '=', run_id)
        .execute(),
    )
  expect(await owners()).toEqual([first])
  await moveTo(second)
  noteAccessChange(db) // by the purge
  expect(await owners()).toEqual([second])
  await moveTo(first) // by another process
  clock.now += 1_000
  expect(await owners()).toEqual([first])
})
