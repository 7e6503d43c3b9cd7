import { pipelines } from '@cairn/pipelines/plugin'
import { waitForEnd } from '@cairn/pipelines/testing/client'
import type { Client } from '@cairn/platform/protocol/client'
import { GetRunOutput, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { ImportWorkspaceObject } from '@cairn/platform/protocol/databricks/workspace'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { workspace } from '@cairn/workspace/plugin'
import { afterAll, beforeAll, expect, test } from 'vitest'

let served: TestApp
let call: Client
beforeAll(async () => {
  served = await testApp(async (app, context) => {
    await app.register(workspace, { context })
    await app.register(pipelines, { context, concurrency: 2 })
  })
  await served.app.listen({ port: 0, host: '127.0.0.1' })
  call = served.context.client()
  await served.context.identities.create('user', 'ada')
})
afterAll(() => served?.close())

const put = (path: string, text: string) =>
  call(ImportWorkspaceObject, { path, format: 'AUTO', content: Buffer.from(text).toString('base64') })
async function run(path: string, more: Partial<TaskSettings> = {}) {
  const sql_task = { file: { path, source: 'WORKSPACE' as const }, parameters: { least: '7' } }
  const { run_id } = await call(SubmitRun, { tasks: [{ task_key: 'a', sql_task, ...more }] })
  const { tasks } = await waitForEnd(call, run_id)
  return call(GetRunOutput, { run_id: tasks![0]!.run_id })
}

test('a query is read from a file of the workspace, with the rights of its principal', async () => {
  await put('/Users/owner/report.sql', "select '부산' as city, :least as least")
  const output = await run('/Workspace/Users/owner/report.sql')
  expect(output.node_task_output?.values).toMatchObject({
    rows: [{ city: '부산', least: '7' }],
    row_count: 1,
  })
  expect(output.sql_output).toMatchObject({
    query_output: { query_text: "select '부산' as city, :least as least" },
  })
  const refused = await run('/Users/owner/report.sql', { run_as: { user_name: 'ada' } })
  expect(refused.error).toContain("Path (/Users/owner/report.sql) doesn't exist")
  expect((await run('/Users/owner/absent.sql')).error).toContain('/Users/owner/absent.sql')
})

test('a query that is wrong fails with a message that names its kind', async () => {
  await put('/Users/owner/wrong.sql', 'select nothing from (select 1 as one)')
  expect((await run('/Users/owner/wrong.sql')).error).toMatch(/^sql_task: Binder Error: .*"nothing"/)
  await put('/Users/owner/drop.sql', 'drop table main.d.ratings')
  expect((await run('/Users/owner/drop.sql')).error).toBe('sql_task: only SELECT statements are supported.')
})

test('a large query fails, and paths that cannot be read are refused', async () => {
  await put('/Users/owner/large.sql', `select 1 -- ${'x'.repeat(100_000)}`)
  expect((await run('/Users/owner/large.sql')).error).toContain(
    'has 100012 bytes; the limit of a query is 100000 characters',
  )
  await expect(run('report.sql')).rejects.toThrow("sql_task.file.path: 'report.sql' is not a path")
  await expect(run('/Users/owner/report.sql', { cache: { enabled: true } })).rejects.toThrow(
    'sql_task.file.path: a query with a cache must be query_text or one of the job',
  )
})
