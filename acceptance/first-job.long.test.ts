import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api } from './harness/api.js'
import { runCli } from './harness/cli.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'

const example = (name: string) => join(root, 'examples/first-job', name)

describe.skipIf(!python)('a first job', { timeout: 400_000 }, () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test('python/create_job.py runs two steps twice by databricks-sdk, and schedules them', async () => {
    const { stdout } = await runCli(server.url, ['tokens', 'create'])
    expect(stdout).toMatch(/^cairn_\S+\n$/)
    const env = { DATABRICKS_HOST: server.url, DATABRICKS_TOKEN: stdout.trim() }
    const printed = await runPython(example('python/create_job.py'), { cwd: example('python'), env })
    expect(printed).toMatch(
      /SUCCESS http:\/\/\S+\/#\/jobs\/runs\/\d+\nprepare: prepared 1000 ratings\ntrain: [\s\S]*prepared 10 ratings/,
    )
    const [, job_id] = /scheduled job (\d+)/.exec(printed)!
    expect(await api(server.url).get('/api/2.2/jobs/get', { job_id: job_id! })).toMatchObject({
      settings: { schedule: { quartz_cron_expression: '0 0 6 * * ?', timezone_id: 'Asia/Seoul' } },
      next_run_time: expect.any(Number),
    })
  })

  test('python/databricks.yml deploys and runs the same steps', async () => {
    const cli = (...args: string[]) => runCli(server.url, args)
    expect(await cli('bundle', 'deploy', '-C', example('python'))).toMatchObject({ code: 0 })
    const run = await cli('bundle', 'run', 'two_steps', '-C', example('python'), '--param', 'rows=100')
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('TERMINATED SUCCESS')])
    expect((await cli('runs', 'list', '-e', '/two-steps')).stdout).toMatch(/ MEAN\n/)
  })
})
