import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { isAlive } from '@cairn/platform/processes/is-alive'
import { GetTaskLogs } from '@cairn/platform/protocol/cairn/task-logs'
import { ListTaskValues, SetTaskValue } from '@cairn/platform/protocol/cairn/task-values'
import { CancelRun, GetRunOutput, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import type { Input } from '@cairn/platform/protocol/operation'
import { newFolder } from '@cairn/platform/testing/folders'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resultsOf, waitForEnd } from '../../testing/client.js'
import { type ServedPipelines, servePipelines } from '../../testing/serve.js'

type Submitted = Input<typeof SubmitRun>
const isRoot = process.getuid?.() === 0
const hasNamespaces = isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0
const hasPython = spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0

/** Waits until the kernel has removed an ended process. */
async function gone(pid: number) {
  while (isAlive(pid)) await sleep(10)
}

describe('tasks that run code of jobs', () => {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines([])
  })
  afterAll(() => serving?.close())

  async function run(settings: Submitted) {
    const { run_id } = await serving.client(SubmitRun, settings)
    const ended = await waitForEnd(serving.client, run_id)
    const outputs = await Promise.all(
      ended.tasks!.map((task) => serving.client(GetRunOutput, { run_id: task.run_id })),
    )
    return { results: resultsOf(ended), outputs, run_id }
  }

  const shell = (script: string, parameters: string[] = []): Submitted => ({
    tasks: [{ task_key: 'a', shell_task: { script, parameters } }],
  })

  test('run a shell script with arguments, files of the job and its output in the log', async () => {
    const { results, outputs } = await run({
      ...shell(
        'cat data/x.txt; printf "\\033[31m%s\\033[0m\\n" "$1"; echo "{{no reference}}"; printf "1%%\\r2%%\\n"; echo oops >&2',
        ['task {{task.name}}'],
      ),
      files: { 'data/x.txt': 'from a file\n' },
    })
    expect(results).toEqual({ a: 'SUCCESS' })
    expect(outputs[0]!.logs.split('\n').sort()).toEqual(
      ['from a file', '\u001b[31mtask a\u001b[0m', '{{no reference}}', '2%', 'oops'].sort(),
    )
  })

  test('yield the processors to the server, as models do', async () => {
    const { outputs } = await run(shell('nice'))
    expect(Number(outputs[0]!.logs)).toBe(Math.min(getPriority() + 5, 19))
  })

  test('fail with their exit code and their last lines', async () => {
    const { results, outputs } = await run(shell('echo one; echo two >&2; exit 3'))
    expect(results).toEqual({ a: 'FAILED' })
    expect(outputs[0]!.error).toMatch(/^The process ended with exit code 3: (one|two)$/)
    expect(outputs[0]!.error_trace!.split('\n').sort()).toEqual(['one', 'two'])
  })

  test('get the URL and a token of the server, and nothing of its environment', async () => {
    process.env.SECRET_OF_THE_SERVER = 'leaked'
    const { outputs, run_id } = await run(shell('env; pwd; ls -A'))
    delete process.env.SECRET_OF_THE_SERVER
    const { logs } = outputs[0]!
    expect(logs).not.toContain('leaked')
    for (const line of [
      `MLFLOW_TRACKING_URI=${serving.url}`,
      `DATABRICKS_HOST=${serving.url}`,
      `CAIRN_RUN_ID=${run_id}`,
      'CAIRN_TASK_KEY=a',
      'CAIRN_TASK_ATTEMPT=1',
    ])
      expect(logs.split('\n')).toContain(line)
    const token = /^MLFLOW_TRACKING_TOKEN=(.*)$/m.exec(logs)![1]!
    await expect(serving.context.client(token)(ListTaskValues, { task_key: 'a' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
    const folder = /^HOME=(.*)$/m.exec(logs)![1]!
    expect(logs).toContain(`TMPDIR=${folder}`)
    expect(existsSync(folder)).toBe(false)
  })

  test.runIf(isRoot)(
    'cannot read the server, its data or each other, and leave no process behind',
    async () => {
      const { url, db } = { url: serving.context.config.database_url, db: serving.context.config.data }
      const script = `
      cat /proc/${process.pid}/environ && echo READ-SERVER
      cat /proc/$PPID/environ && echo READ-PARENT
      ls ${db} && echo READ-DATA
      cat ${url.replace('sqlite:', '')} && echo READ-DATABASE
      ls "$HOME/.." && echo READ-PARENT
      for other in "$HOME"/../*; do [ "$other" -ef "$HOME" ] || { ls "$other" && echo READ-OTHER; }; done
      for pid in /proc/[0-9]*; do [ "$(stat -c %u $pid)" = "$(id -u)" ] || { cat $pid/environ && echo READ-PROCESS; }; done
      dir=$HOME; while [ "$dir" != / ]; do dir=$(dirname "$dir"); [ -w "$dir" ] && echo "READ-WRITABLE $dir"; done
      grep -q 'NoNewPrivs:.*1' /proc/self/status || echo READ-PRIVILEGES
      setsid sleep 1000 & echo "left $!"; id -u; true`
      const settings = {
        tasks: ['a', 'b', 'c'].map((task_key) => ({ task_key, shell_task: { script: `set +e\n${script}` } })),
      }
      const { results, outputs } = await run(settings)
      expect(results).toEqual({ a: 'SUCCESS', b: 'SUCCESS', c: 'SUCCESS' })
      const logs = outputs.map((output) => output.logs)
      expect(logs.join('\n')).not.toMatch(/^READ-/m)
      expect(logs.join('\n')).not.toContain('MLFLOW_TRACKING_TOKEN')
      const users = logs.map((log) => /^\d+$/m.exec(log)![0])
      expect(new Set(users).size).toBe(3)
      for (const log of logs) await gone(Number(/left (\d+)/.exec(log)![1]))
    },
  )

  test.runIf(hasNamespaces)(
    'cannot see the temporary files, folders and processes of each other',
    async () => {
      const { data, database_url } = serving.context.config
      const mark = join(newFolder(), 'mark')
      writeFileSync(mark, '')
      const meeting = mkdtempSync('/var/cache/cairn-test-')
      chmodSync(meeting, 0o777)
      const script = `
      ls ${mark} ${data} ${database_url.replace('sqlite:', '')} && echo READ-SERVER
      touch /tmp/of-$CAIRN_TASK_KEY /var/tmp/of-$CAIRN_TASK_KEY /dev/shm/of-$CAIRN_TASK_KEY
      : >${meeting}/$CAIRN_TASK_KEY; echo "$HOME" >${meeting}/$CAIRN_TASK_KEY
      until [ -s ${meeting}/a ] && [ -s ${meeting}/b ]; do sleep 0.01; done
      for home in $(cat ${meeting}/a ${meeting}/b); do [ "$home" = "$HOME" ] || ! [ -e "$home" ] || echo READ-OTHER; done
      ls -d /tmp/of-* /var/tmp/of-* /dev/shm/of-*; ls -d /proc/${process.pid} && echo READ-PROCESS
      umount /tmp && echo READ-UNMOUNTED; unshare -rm umount /tmp && echo READ-UNMOUNTED
      : >${meeting}/$CAIRN_TASK_KEY-ends; until [ -e ${meeting}/a-ends ] && [ -e ${meeting}/b-ends ]; do sleep 0.01; done`
      const tasks = ['a', 'b'].map((task_key) => ({ task_key, shell_task: { script: `set +e\n${script}` } }))
      const { results, outputs } = await run({ tasks })
      rmSync(meeting, { recursive: true })
      expect(results).toEqual({ a: 'SUCCESS', b: 'SUCCESS' })
      for (const [at, { logs }] of outputs.entries()) {
        expect(logs).not.toMatch(/^READ-/m)
        const seen = logs.split('\n').filter((line) => /^\/\S+\/of-/.test(line))
        expect(seen).toEqual(['/dev/shm', '/tmp', '/var/tmp'].map((folder) => `${folder}/of-${'ab'[at]}`))
      }
    },
  )

  test('end with their children when the run is canceled', async () => {
    const { run_id } = await serving.client(
      SubmitRun,
      shell('sleep 1000 & echo $!; trap "echo asked; exit 1" TERM; wait'),
    )
    const lines = async () =>
      (await serving.client(GetTaskLogs, { run_id, task_key: 'a' })).lines.map(({ message }) => message)
    while ((await lines()).length === 0) await sleep(50)
    const [pid] = await lines()
    await serving.client(CancelRun, { run_id })
    expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('CANCELED')
    expect(await lines()).toContain('asked')
    await gone(Number(pid))
  })

  test('run TypeScript, which sets values and reads those of earlier tasks', async () => {
    const files = {
      'first.ts': `import { taskValues, jobParameters } from 'cairn-tasks'
        import { double } from './lib/double.ts'
        const n: number = Number(process.argv[2])
        await taskValues.set('n', double(n)); console.log(jobParameters)`,
      'lib/double.ts': 'export const double = (n: number): number => 2 * n',
      'second.mjs': `import { taskValues } from 'cairn-tasks'
        console.log(await taskValues.get('first', 'n'), await taskValues.get('first', 'toString', 'none'), process.argv[2])
        await taskValues.get('first', 'missing')`,
    }
    const { results, outputs } = await run({
      files,
      tasks: [
        { task_key: 'first', node_task: { file: 'first.ts', parameters: ['21'] } },
        {
          task_key: 'second',
          depends_on: [{ task_key: 'first' }],
          node_task: { file: 'second.mjs', parameters: ['{{tasks.first.values.n}}'] },
        },
      ],
    })
    expect(outputs[0]!.node_task_output).toEqual({ values: { n: 42 } })
    expect(outputs[1]!.logs).toContain('42 none 42')
    expect(outputs[1]!.logs).toContain("Task 'first' has no value 'missing'")
    expect(results).toEqual({ first: 'SUCCESS', second: 'FAILED' })
  })

  test.runIf(hasPython)(
    'run Python with dbutils, sibling modules and tracebacks of their own frames',
    async () => {
      const files = {
        'train.py': `import sys, helper
dbutils.jobs.taskValues.set(key="rows", value={"n": helper.N})
print(sys.argv, __name__)
raise ValueError("no data")`,
        'helper.py': 'N = 7',
        'report.py': `from cairn_tasks import dbutils
print(dbutils.jobs.taskValues.get(taskKey="train", key="rows"), dbutils.jobs.taskValues.get("train", "x", default=1))
dbutils.jobs.taskValues.set("a key", 1)`,
      }
      const { results, outputs } = await run({
        files,
        tasks: [
          { task_key: 'train', spark_python_task: { python_file: 'train.py', parameters: ['--n', '1'] } },
          {
            task_key: 'report',
            run_if: 'ALL_DONE',
            depends_on: [{ task_key: 'train' }],
            spark_python_task: { python_file: 'report.py' },
          },
        ],
      })
      expect(results).toEqual({ train: 'FAILED', report: 'FAILED' })
      const [train, report] = outputs
      expect(train!.error).toBe('The process ended with exit code 1: ValueError: no data')
      expect(train!.error_trace).not.toContain('cairn_run.py')
      expect(train!.logs).toContain("train.py', '--n', '1'] __main__")
      expect(report!.logs).toContain("{'n': 7} 1")
      expect(report!.error).toContain('Invalid value "a key" for parameter \'key\'')
    },
  )

  test.runIf(hasPython)('run a notebook in source format, and show its exit value', async () => {
    const notebook = `# Databricks notebook source
dbutils.widgets.text("city", "Seoul")
# COMMAND ----------
dbutils.notebook.exit(dbutils.widgets.get("city") + dbutils.widgets.get("day"))
# COMMAND ----------
raise RuntimeError("not reached")`
    const { results, outputs } = await run({
      files: { 'n.py': notebook },
      tasks: [
        {
          task_key: 'a',
          notebook_task: { notebook_path: 'n.py', base_parameters: { day: '{{task.attempt}}' } },
        },
      ],
    })
    expect(results).toEqual({ a: 'SUCCESS' })
    expect(outputs[0]!.notebook_output).toEqual({ result: 'Seoul1', truncated: false })
  })

  test('set values of 256 KiB in all', async () => {
    const file = `import { taskValues } from 'cairn-tasks'
      for (const name of 'abcdefg') await taskValues.set(name, 'x'.repeat(48_000))`
    const { results, outputs } = await run({
      files: { 'large.mjs': file },
      tasks: [{ task_key: 'a', node_task: { file: 'large.mjs' } }],
    })
    expect(results).toEqual({ a: 'FAILED' })
    expect(outputs[0]!.logs).toContain("with 'f' the task has more than 262144 bytes of values")
    expect(Object.keys(outputs[0]!.node_task_output?.values ?? {})).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('refuse task values from other callers', async () => {
    await expect(serving.client(SetTaskValue, { key: 'x', value: 1 })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })

  test.each<[string, object, string]>([
    ['shell without a script', { shell_task: {} }, "'a': shell_task: pass either script or file"],
    [
      'unknown form of path',
      { spark_python_task: { python_file: 's3://x/y.py' } },
      "spark_python_task.python_file: 's3://x/y.py' is not a path",
    ],
    [
      'path that is no file of the job',
      { spark_python_task: { python_file: 'nope.py' } },
      "'nope.py' is not a path that tasks can read",
    ],
    [
      'Git',
      { spark_python_task: { python_file: 'file:/x.py', source: 'GIT' } },
      'spark_python_task.source: GIT',
    ],
    [
      'notebook of another type',
      { notebook_task: { notebook_path: 'file:/x.scala' } },
      'not in the workspace and does not end in .py or .ipynb',
    ],
    [
      'two lists of parameters',
      { python_wheel_task: { package_name: 'a', entry_point: 'b', parameters: [], named_parameters: {} } },
      'pass either parameters or',
    ],
    ['arguments for an entry', { node_task: { entry: 'x', parameters: [] } }, 'an entry takes named values'],
    ['entry and file', { node_task: { entry: 'x', file: 'y' } }, 'pass either entry or file'],
  ])('are refused: %s', async (_name, kind, message) => {
    await expect(serving.client(SubmitRun, { tasks: [{ task_key: 'a', ...kind }] })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining(message),
    })
  })

  test.runIf(isRoot)(
    'read files of the server below its import folders only, except for the owner',
    async () => {
      const { identities, grants, authorizer, client } = serving.context
      const { id: principal_id } = await identities.create('user', 'bob')
      await grants.change(
        authorizer.metastore[0],
        [{ principal_id, add: ['CREATE JOB'], remove: [] }],
        LOCAL_OWNER,
      )
      const { secret } = await serving.context.tokens.issue(principal_id, 'test')
      const settings = { tasks: [{ task_key: 'a', shell_task: { file: 'file:/etc/hostname' } }] }
      const { run_id } = await client(secret)(SubmitRun, settings)
      const ended = await waitForEnd(serving.client, run_id)
      const output = await serving.client(GetRunOutput, { run_id: ended.tasks![0]!.run_id })
      expect(output.error).toMatch(/^'file:\/etc\/hostname': the server imports only files below/)
      expect((await run(settings)).outputs[0]!.error).toMatch(/^The process ended with exit code 127/)
    },
  )
})
