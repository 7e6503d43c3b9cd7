import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api } from './harness/api.js'
import { runCli } from './harness/cli.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { runProcess } from './harness/run-process.js'
import { type Server, startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'
const example = (name: string) => join(root, 'examples', name)

describe('the examples', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test.skipIf(!python)('log_run.py logs a run and registers a version', async () => {
    const printed = await runPython(example('log_run.py'), {
      env: { MLFLOW_TRACKING_URI: server.url },
    })
    expect(printed).toContain("version 1 of the model 'examples'")
    const alias = { name: 'examples', alias: 'candidate' }
    expect(await api(server.url).get(`${MLFLOW}/registered-models/alias`, alias)).toMatchObject({
      model_version: { version: '1' },
    })
  })

  test('jobs/run.mjs runs a job of Python, TypeScript and shell', async () => {
    const { code, stdout, stderr } = await runProcess(process.execPath, [example('jobs/run.mjs')], {
      env: { MLFLOW_TRACKING_URI: server.url },
    })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /prepared 1000 rows\n--- train: SUCCESS\nlogged the mean of 1000 rows\n--- report: SUCCESS\nRun \w{32} is in experiment \d+\n--- SUCCESS/,
    )
  })

  test('first-job/typescript is a bundle whose second task logs a run', async () => {
    const cli = (...args: string[]) => runCli(server.url, args)
    const folder = example('first-job/typescript')
    expect(await cli('bundle', 'deploy', '-C', folder)).toMatchObject({ code: 0 })
    const run = await cli('bundle', 'run', 'two_steps', '-C', folder, '--param', 'rows=10')
    expect([run.code, run.stderr]).toEqual([
      0,
      expect.stringMatching(/^run \d+: http:\/\/\S+\/#\/jobs\/runs\/\d+$[\s\S]*TERMINATED SUCCESS/m),
    ])
    expect((await cli('runs', 'list', '-e', '/two-steps-ts')).stdout).toMatch(/ MEAN\n.* FINISHED .*\d\n$/)
    expect(await cli('bundle', 'destroy', '--auto-approve', '-C', folder)).toMatchObject({ code: 0 })
  })

  test('log-run.ts logs a parent run with three children', async () => {
    const args = ['--import', 'tsx', example('log-run.ts')]
    const { code, stdout, stderr } = await runProcess(process.execPath, args, {
      env: { MLFLOW_TRACKING_URI: server.url },
    })
    expect([code, stdout, stderr]).toEqual([0, 'the best of 3 runs has 64 factors\n', ''])
    const { experiment } = await api(server.url).get<{ experiment: { experiment_id: string } }>(
      `${MLFLOW}/experiments/get-by-name`,
      { experiment_name: 'examples' },
    )
    const children = await api(server.url).post<{ runs: unknown[] }>(`${MLFLOW}/runs/search`, {
      experiment_ids: [experiment.experiment_id],
      filter: "tags.`mlflow.parentRunId` != ''",
    })
    expect(children.runs).toHaveLength(3)
  })
})
