import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { isAlive } from '@cairn/platform/processes/is-alive'
import { GetTaskLogs } from '@cairn/platform/protocol/cairn/task-logs'
import {
  ClaimAttempt,
  FinishAttempt,
  ListWorkers,
  ReadAttemptFile,
  RegisterWorker,
  RemoveWorker,
  RenewAttempts,
  ReportAttempt,
  WORKER_PROTOCOL,
} from '@cairn/platform/protocol/cairn/workers'
import { CancelRun, GetJobRun, GetRunOutput, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import type { Input } from '@cairn/platform/protocol/operation'
import { databases } from '@cairn/platform/testing/databases'
import { newFolder } from '@cairn/platform/testing/folders'
import Type from 'typebox'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Attempts } from '../engine/attempts.js'
import type { RemoteWorker } from '../remote-worker/remote-worker.js'
import type { PipelinesSchema } from '../schema.js'
import { defineTask } from '../task-kinds/task.js'
import { resultsOf, waitForEnd } from '../testing/client.js'
import { startWorkerOf } from '../testing/remote-worker.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'

const entry = defineTask({ entry: 'entry', parameters: Type.Object({}), run: async () => ({}) })
const shell = (script: string, more: Partial<TaskSettings> = {}): Input<typeof SubmitRun> => ({
  tasks: [{ task_key: 'a', shell_task: { script }, ...more }],
})
const FACTS = { name: 'by-hand', version: '1.0.0', protocol: WORKER_PROTOCOL, labels: [], concurrency: 1 }

describe.each(databases)('workers over HTTP, on %s', (_, database) => {
  let serving: ServedPipelines
  let clock = 0
  const workers: RemoteWorker[] = []
  beforeAll(async () => {
    serving = await servePipelines([entry], { database, concurrency: 0, now: () => Date.now() + clock })
  })
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.close()
  })
  afterAll(() => serving?.close())

  const start = async (options: Parameters<typeof startWorkerOf>[1] = {}) => {
    const worker = await startWorkerOf(serving, options)
    workers.push(worker)
    return worker
  }
  const submit = async (settings: Input<typeof SubmitRun>) =>
    (await serving.client(SubmitRun, settings)).run_id
  const logOf = async (run_id: number) =>
    (await serving.client(GetTaskLogs, { run_id, task_key: 'a' })).lines.map(({ message }) => message)
  const until = async (run_id: number, line: RegExp) => {
    for (;;) {
      const found = (await logOf(run_id)).find((one) => line.test(one))
      if (found) return found
      await sleep(20)
    }
  }
  /** Claims an attempt without a worker. */
  async function claim() {
    const { worker_id } = await serving.client(RegisterWorker, FACTS)
    const { assigned } = await serving.client(ClaimAttempt, { worker_id, wait_seconds: 5 })
    const { task_run_id, attempt } = assigned!
    return { assigned: assigned!, key: { worker_id, task_run_id, attempt } }
  }

  test('run code of jobs, and report its log, its values and its error', async () => {
    await start()
    const run_id = await submit({
      tasks: [
        {
          task_key: 'a',
          node_task: { file: 'first.mjs', parameters: ['Monday of {{task.name}}'] },
        },
        {
          task_key: 'b',
          depends_on: [{ task_key: 'a' }],
          node_task: { file: 'second.mjs', parameters: ['{{tasks.a.values.n}}'] },
          environment_variables_key: 'shared',
        },
      ],
      environment_variables: [
        { environment_variables_key: 'shared', spec: { variables: { N: 'n={{tasks.a.values.n}}' } } },
      ],
      files: { 'first.mjs': FIRST, 'second.mjs': SECOND, 'data/x.txt': 'from a file' },
    })
    const run = await waitForEnd(serving.client, run_id)
    expect(resultsOf(run)).toEqual({ a: 'SUCCESS', b: 'FAILED' })
    const [a, b] = await Promise.all(
      run.tasks!.map((task) => serving.client(GetRunOutput, { run_id: task.run_id })),
    )
    expect(a!.logs.split('\n')).toEqual(['Worker worker-1 executes the task.', 'Monday of a from a file'])
    expect(a!.node_task_output).toEqual({ values: { n: 42 } })
    expect(b!.error).toBe('The process ended with exit code 3: got 42 n=42')
    while ((await serving.context.tokens.list({ principalId: LOCAL_OWNER.id })).length > 0) await sleep(10)
  })

  test('get tasks whose labels they have, but none that need the server', async () => {
    const plain = await start()
    const [labelled, ofServer] = await Promise.all([
      submit(shell('true', { worker_labels: ['gpu', 'large'] })),
      submit({ tasks: [{ task_key: 'a', node_task: { entry: 'entry' } }] }),
    ])
    await start({ labels: ['large'] })
    await waitForEnd(serving.client, await submit(shell('true')))
    const stateOf = async (run_id: number) =>
      (await serving.client(GetJobRun, { run_id })).tasks![0]!.status.state
    expect([await stateOf(labelled), await stateOf(ofServer)]).toEqual(['QUEUED', 'QUEUED'])
    await start({ labels: ['large', 'gpu', 'spark'] })
    expect(resultsOf(await waitForEnd(serving.client, labelled))).toEqual({ a: 'SUCCESS' })
    const { workers: listed } = await serving.client(ListWorkers, {})
    expect(listed.map(({ name, labels, running }) => ({ name, labels, running }))).toEqual(
      [['large', 'gpu', 'spark'], ['large'], []].map((labels) => ({ name: 'worker-1', labels, running: [] })),
    )
    await plain.close()
    expect((await serving.client(ListWorkers, {})).workers).toHaveLength(2)
    expect(await stateOf(ofServer)).toBe('QUEUED')
    await serving.client(CancelRun, { run_id: ofServer })
  })

  test.each<[TaskSettings, string]>([
    [
      { task_key: 'a', node_task: { entry: 'entry' }, worker_labels: ['gpu'] },
      "tasks: 'a': worker_labels: node_task runs on the server",
    ],
    [
      { task_key: 'a', sql_task: { query: { query_text: 'select 1' } }, worker_labels: ['gpu'] },
      "tasks: 'a': worker_labels: sql_task runs on the server",
    ],
    [
      {
        task_key: 'a',
        worker_labels: ['gpu'],
        for_each_task: { inputs: '[1]', task: { task_key: 'b', shell_task: { script: 'true' } } },
      },
      "tasks: 'a': worker_labels: set them on the task in the loop",
    ],
    [{ task_key: 'a', shell_task: { script: 'true' }, worker_labels: ['a,b'] }, 'worker_labels'],
  ])('labels that no worker could match are refused: %j', async (task, message) => {
    await expect(submit({ tasks: [task] })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining(message),
    })
  })

  test('end the process of a canceled run', async () => {
    await start()
    const run_id = await submit(shell('echo pid $$; exec sleep 1000'))
    const pid = Number((await until(run_id, /^pid/)).slice(4))
    await serving.client(CancelRun, { run_id })
    expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('CANCELED')
    while (isAlive(pid)) await sleep(10)
  })

  test('release their tasks when they close, and other workers continue', async () => {
    const first = await start()
    const run_id = await submit(
      shell('echo "attempt $CAIRN_TASK_ATTEMPT"; [ "$CAIRN_TASK_ATTEMPT" = 2 ] || exec sleep 1000'),
    )
    await until(run_id, /^attempt 1/)
    await first.close()
    await start()
    expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('SUCCESS')
    expect(await logOf(run_id)).toContain('attempt 2')
  })

  test('lose an attempt whose lease expires: its end and its log are rejected', async () => {
    const run_id = await submit(shell('true'))
    const { key, assigned } = await claim()
    clock += 16_000 // less than the lease that the worker was granted
    await sleep(1_500)
    const { worker_id: holder, ...held } = key
    expect(await serving.client(RenewAttempts, { worker_id: holder, attempts: [held] })).toEqual({ stop: [] })
    clock += 31_000
    const again = await claim()
    expect(again.assigned).toMatchObject({
      task_run_id: key.task_run_id,
      attempt: 2,
      previous: { attempt: 1 },
    })
    const { client } = serving
    await expect(client(ReportAttempt, { ...key, progress: { done: 1 } })).rejects.toMatchObject({
      code: 'ABORTED',
    })
    const { worker_id, ...one } = key
    expect(await client(RenewAttempts, { worker_id, attempts: [one] })).toEqual({
      stop: [{ ...one, reason: 'LOST' }],
    })
    expect(await client(FinishAttempt, { ...key, outcome: 'SUCCESS' })).toEqual({ recorded: false })
    await expect(serving.context.client(assigned.token)(ListWorkers, {})).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
    for (
      let i = 0;
      i < 2;
      i++ // A response may be lost.
    )
      expect(await client(FinishAttempt, { ...again.key, outcome: 'FAILED', error: 'once' })).toEqual({
        recorded: true,
      })
    expect((await waitForEnd(client, run_id)).state.result_state).toBe('FAILED')
    await expect(serving.context.client(again.assigned.token)(ListWorkers, {})).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
  })

  test('keep an attempt whose lease they renew, and store each line once', async () => {
    const run_id = await submit(shell('true'))
    const { key, assigned } = await claim()
    const { worker_id, ...one } = key
    for (let i = 0; i < 3; i++) {
      clock += 10_000
      expect(await serving.client(RenewAttempts, { worker_id, attempts: [one] })).toEqual({ stop: [] })
    }
    const lines = [{ line: assigned.next_line, time: 1, level: 'info' as const, message: 'a line' }]
    for (let i = 0; i < 2; i++) await serving.client(ReportAttempt, { ...key, lines })
    await serving.client(FinishAttempt, { ...key, outcome: 'SUCCESS', outputs: { n: 1 } })
    await waitForEnd(serving.client, run_id)
    expect(await logOf(run_id)).toEqual(['Worker by-hand executes the task.', 'a line'])
    expect((await serving.client(GetJobRun, { run_id })).tasks![0]!.attempt_number).toBe(0)
  })

  test('learn when a task is stopped, and store no token of an attempt that has ended', async () => {
    const run_id = await submit(shell('true'))
    const { key } = await claim()
    const { worker_id, ...one } = key
    const db = serving.context.db.for<PipelinesSchema>()
    await db.transaction((tx) =>
      tx
        .updateTable('task_runs')
        .set({ stopping: 'CANCELED' })
        .where('task_run_id', '=', key.task_run_id)
        .execute(),
    )
    expect(await serving.client(RenewAttempts, { worker_id, attempts: [one] })).toEqual({
      stop: [{ ...one, reason: 'CANCELED' }],
    })
    await serving.client(FinishAttempt, { ...key, outcome: 'CANCELED' })
    await waitForEnd(serving.client, run_id)
    const attempts = new Attempts(db, Date.now, () => undefined)
    expect(await attempts.setToken(one, { token_id: 'x', token_of: 'x' })).toBe(false)
  })

  test('get an attempt whose message was taken by a process that cannot run it', async () => {
    const run_id = await submit(shell('true'))
    const attempts = new Attempts(
      serving.context.db.for<PipelinesSchema>(),
      serving.context.now,
      () => undefined,
    )
    const [queued] = await attempts.listUndispatched(10, 0, ['any'])
    await attempts.markDispatched(queued!)
    await attempts.release(queued!, ['server', 'any'])
    expect(await attempts.listUndispatched(10, 0, ['any'])).toEqual([])
    await attempts.release(queued!, ['server'])
    expect(await attempts.listUndispatched(10, 0, ['any'])).toEqual([queued])
    await serving.client(CancelRun, { run_id })
  })

  test('get code of other principals from a server that runs code of the owner only', async () => {
    const run_id = await submit(shell('true'))
    await serving.client(RegisterWorker, FACTS)
    const db = serving.context.db.for<PipelinesSchema>()
    const attempts = new Attempts(db, serving.context.now, () => undefined)
    const listed = async () => (await attempts.listUndispatched(10, 0, ['server', 'owner'])).length
    expect(await listed()).toBe(1)
    await db.transaction((tx) =>
      tx.updateTable('job_runs').set({ writer_id: 'other' }).where('run_id', '=', run_id).execute(),
    )
    expect(await listed()).toBe(0)
    const messageAfter = async (milliseconds: number) => {
      clock += milliseconds
      return (await serving.client(GetJobRun, { run_id })).tasks![0]!.state.state_message
    }
    expect(await messageAfter(0)).toBe('')
    expect(await messageAfter(11_000)).toBe('Waits for a free worker that runs code of jobs.')
    clock += 6 * 60_000
    expect(await listed()).toBe(1)
    await serving.client(CancelRun, { run_id })
    await waitForEnd(serving.client, run_id)
  })

  test('do not get attempts that cannot run', async () => {
    const b = { task_key: 'b', shell_task: { script: 'true' } }
    const a = { task_key: 'a', shell_task: { script: 'true', parameters: ['{{tasks.b.values.n}}'] } }
    const run_id = await submit({ tasks: [{ ...a, depends_on: [{ task_key: 'b' }] }, b] })
    await start()
    expect(resultsOf(await waitForEnd(serving.client, run_id))).toEqual({ a: 'FAILED', b: 'SUCCESS' })
    expect(await logOf(run_id)).toEqual(['The reference {{tasks.b.values.n}} has no value.'])
  })

  test('read files of the server that their task names', async () => {
    const folder = newFolder()
    const file = join(folder, 'script.sh')
    writeFileSync(file, 'echo from the server')
    await start()
    const run_id = await submit({ tasks: [{ task_key: 'a', shell_task: { file: `file:${file}` } }] })
    await waitForEnd(serving.client, run_id)
    expect(await logOf(run_id)).toContain('from the server')
    await workers.pop()!.close()
    const other = join(folder, 'secret.txt')
    writeFileSync(other, 'not named')
    await submit({
      tasks: [{ task_key: 'a', shell_task: { script: 'true', parameters: [`file:${other}`] } }],
    })
    const { key } = await claim()
    for (const path of [`file:${other}`, `file:${file}`, 'file:/etc/passwd'])
      await expect(serving.client(ReadAttemptFile, { ...key, path })).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
      })
    await expect(serving.client(ReadAttemptFile, { ...key, path: 'file:../x' })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
    await serving.client(FinishAttempt, { ...key, outcome: 'SUCCESS' })
  })

  test('register again after the server forgot them', async () => {
    await start()
    const [known] = (await serving.client(ListWorkers, {})).workers
    await serving.client(RemoveWorker, { worker_id: known!.worker_id })
    const run_id = await submit(shell('true'))
    expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('SUCCESS')
  })

  test('end when their token is revoked', async () => {
    const { tokens } = serving.context
    const { secret, token } = await tokens.issue(LOCAL_OWNER.id, 'worker', { scopes: ['worker'] })
    const worker = await startWorkerOf(serving, { token: secret })
    const run_id = await submit(shell('true'))
    expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('SUCCESS')
    await tokens.revoke(LOCAL_OWNER.id, token.id)
    await submit(shell('true')) // ends the wait for a task
    await expect(worker.ended).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await start()
    while ((await serving.client(ListWorkers, {})).workers.some(({ running }) => running.length > 0))
      await sleep(20)
  })

  test('require an administrator and a token for workers, and reject tokens of tasks', async () => {
    const { tokens, identities, client } = serving.context
    const register = (secret: string) => client(secret)(RegisterWorker, FACTS)
    const person = await identities.create('user', 'ada')
    const refused = [
      [person.id, undefined],
      [LOCAL_OWNER.id, ['jobs']],
      [LOCAL_OWNER.id, ['read']],
    ] as const
    for (const [id, scopes] of refused)
      await expect(
        register((await tokens.issue(id, 'x', { ...(scopes && { scopes }) })).secret),
      ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    const { secret } = await tokens.issue(LOCAL_OWNER.id, 'x', { scopes: ['worker'] })
    await expect(client(secret)(SubmitRun, shell('true'))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    await expect(client(secret)(ListWorkers, {})).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    await submit(shell('true'))
    const { key, assigned } = await claim()
    await expect(register(assigned.token)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: 'The token of a task cannot act as a worker.',
    })
    await serving.client(FinishAttempt, { ...key, outcome: 'SUCCESS' })
    await expect(
      serving.client(RegisterWorker, { ...FACTS, protocol: WORKER_PROTOCOL + 1 }),
    ).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringContaining('install the release'),
    })
    await expect(serving.client(ClaimAttempt, { worker_id: 'nobody' })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
  })
})

const FIRST = `import { readFileSync } from 'node:fs'
import { taskValues } from 'cairn-tasks'
await taskValues.set('n', 42)
console.log(process.argv[2], readFileSync('data/x.txt', 'utf8'))`
const SECOND = `console.log('got', process.argv[2], process.env.N); process.exitCode = 3`
