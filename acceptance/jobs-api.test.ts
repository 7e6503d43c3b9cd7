import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from './harness/cli.js'
import { freshFolder } from './harness/folder.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'

const token = 'jobs-api-control-token-of-the-owner'
let server: Server
beforeAll(async () => {
  server = await startServer({
    env: {
      ...{ CAIRN_OWNER_TOKEN: token, CAIRN_AUTH: 'required' },
      ...{ CAIRN_WEBHOOK_ALLOWED_SCHEMES: 'http', CAIRN_WEBHOOK_ALLOW_PRIVATE_IPS: 'true' },
    },
  })
})
afterAll(() => server?.[Symbol.asyncDispose]())

test.skipIf(!python)(
  'databricks-sdk schedules jobs, manages their runs and is notified',
  { timeout: 120_000 },
  async () => {
    const env = { CAIRN_URL: server.url, CAIRN_TOKEN: token }
    const said = await runPython(join(root, 'acceptance/clients/databricks_jobs_api.py'), { env })
    expect(said.match(/^ok /gm)?.length).toBe(38)
  },
)

test.skipIf(!python)(
  'new files, updates of tables, and the end of a run start runs',
  { timeout: 120_000 },
  async () => {
    const env = { CAIRN_URL: server.url, CAIRN_TOKEN: token }
    const said = await runPython(join(root, 'acceptance/clients/databricks_triggers.py'), { env })
    expect(said.match(/^ok /gm)?.length).toBe(6)
  },
)

test('the command line creates, changes, runs and deletes a job', { timeout: 120_000 }, async () => {
  const jobs = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(server.url, ['--token', token, 'jobs', ...args])
    return { code, stdout: stdout.trim(), stderr }
  }
  const file = join(await freshFolder(), 'job.yml')
  await writeFile(
    file,
    `name: nightly
parameters: [{ name: source, default: /nowhere.zip }]
schedule: { quartz_cron_expression: 0 30 2 * * ?, timezone_id: Asia/Seoul }
tasks:
  - task_key: import
    node_task:
      entry: movielens/import
      parameters: { schema: main.s, source: '{{job.parameters.source}}' }
`,
  )
  const { stdout: id } = await jobs('create', file)
  expect(id).toMatch(/^\d+$/)
  await jobs('pause', id)
  const exported = JSON.parse((await jobs('export', id, '-o', 'json')).stdout)
  expect(exported).toMatchObject({
    name: 'nightly',
    schedule: { quartz_cron_expression: '0 30 2 * * ?', timezone_id: 'Asia/Seoul', pause_status: 'PAUSED' },
  })
  const ran = await jobs('run', id, '--wait', '--param', 'source=/elsewhere.zip')
  expect([ran.code, ran.stdout]).toEqual([1, expect.stringMatching(/^\d+$/)])
  expect(ran.stderr).toMatch(/failed {3}import {2}'source': [\s\S]*ended as FAILED/)
  await writeFile(file, 'description: changed\n')
  expect((await jobs('update', id, file)).code).toBe(0)
  expect((await jobs('export', id)).stdout).toMatch(/^description: changed$/m)
  expect(await jobs('run', id, '--only', 'nothing')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("only: the job has no task 'nothing'"),
  })
  expect((await jobs('delete', id)).code).toBe(0)
  expect((await jobs('export', id)).code).toBe(3)
})
