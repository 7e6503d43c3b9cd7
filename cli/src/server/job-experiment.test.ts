import { pipelines } from '@cairn/pipelines/plugin'
import { waitForEnd } from '@cairn/pipelines/testing/client'
import type { Client } from '@cairn/platform/protocol/client'
import { GetRunOutput, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { GetExperimentByName } from '@cairn/platform/protocol/mlflow/experiments'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { tracking } from '@cairn/tracking-server/plugin'
import { afterAll, beforeAll, expect, test } from 'vitest'

let served: TestApp
let call: Client
beforeAll(async () => {
  served = await testApp(async (app, context) => {
    await app.register(tracking, { context })
    await app.register(pipelines, { context, concurrency: 2 })
  })
  await served.app.listen({ port: 0, host: '127.0.0.1' })
  call = served.context.client()
  await served.context.identities.create('user', 'ada')
})
afterAll(() => served?.close())

async function run(user_name?: string) {
  const { run_id } = await call(SubmitRun, {
    tags: { 'cairn.experiment': '/two-steps' },
    tasks: [{ task_key: 'a', shell_task: { script: 'echo $MLFLOW_EXPERIMENT_ID' } }],
    ...(user_name && { run_as: { user_name } }),
  })
  const { tasks } = await waitForEnd(call, run_id)
  return call(GetRunOutput, { run_id: tasks![0]!.run_id })
}

test('the experiment of a job is created with the rights of the principal of its tasks', async () => {
  const refusal = /^'ada' lacks CREATE EXPERIMENT on metastore/
  expect((await run('ada')).error).toMatch(refusal)
  expect((await run()).error).toBeUndefined()
  const { experiment } = await call(GetExperimentByName, { experiment_name: '/two-steps' })
  expect((await run()).logs).toContain(experiment.experiment_id)
  expect((await run('ada')).error).toMatch(refusal)
})
