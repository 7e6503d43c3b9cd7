import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from './harness/cli.js'
import { freshFolder } from './harness/folder.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'
import { ownersToken } from './harness/tokens.js'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.[Symbol.asyncDispose]())

test.skipIf(!python)('databricks-sdk branches, loops, runs other jobs, queries and sweeps', async () => {
  const env = { CAIRN_URL: server.url, CAIRN_TOKEN: await ownersToken(server.url) }
  const said = await runPython(join(root, 'acceptance/clients/databricks_flow.py'), { env })
  expect(said.match(/^ok /gm)).toHaveLength(19)
})

const SWEEP = `name: sweep
tags: { cairn.experiment: /cli-sweep }
files:
  trial.mjs: |
    import { taskValues } from 'cairn-tasks'
    await taskValues.set('loss', (Number(process.argv[2]) - 2) ** 2)
    console.log('trial in run', process.env.MLFLOW_RUN_ID)
tasks:
  - task_key: search
    for_each_task:
      concurrency: 3
      sweep:
        method: grid
        parameters: { x: { values: [1, 2, 4] } }
        objective: { metric: loss, goal: minimize }
      task: { task_key: trial, node_task: { file: trial.mjs, parameters: ['{{input.x}}'] } }
`

test('the command line prints the trials of a sweep, the best first', async () => {
  const file = join(await freshFolder(), 'sweep.yml')
  await writeFile(file, SWEEP)
  const jobs = (...args: string[]) => runCli(server.url, ['jobs', ...args])
  const { stdout: id } = await jobs('create', file)
  const { code, stdout, stderr } = await jobs('run', id.trim(), '--wait')
  const rows = stdout.split('\n').map((line) => line.trim().split(/ +/).slice(0, 4).join(' '))
  expect([code, rows.slice(1, 5)]).toEqual([
    0,
    ['TRIAL X LOSS RESULT', '2 2 0 SUCCESS', '1 1 1 SUCCESS', '3 4 4 SUCCESS'],
  ])
  const [, run] = /^Best of search: trial 2, run (\w{32})\.$/m.exec(stderr)!
  const [runId] = stdout.split('\n')
  const again = await jobs('run', id.trim(), '--resume', runId!, '--no-cache', '--wait')
  expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining(`resumed from run ${runId}`) })
  const { stdout: progress } = await jobs('get', again.stdout.split('\n')[0]!)
  expect(progress).toMatch(new RegExp(`^search +TERMINATED +RESUMED .*from run ${runId}$`, 'm'))
  const got = await fetch(`${server.url}/api/2.2/jobs/runs/get?run_id=${runId}`)
  const { tasks } = (await got.json()) as { tasks: { run_id: number }[] }
  const output = await fetch(`${server.url}/api/2.2/jobs/runs/get-output?run_id=${tasks[0]!.run_id}`)
  expect(await output.json()).toMatchObject({ sweep: { best: { mlflow_run_id: run, parameters: { x: 2 } } } })
})
