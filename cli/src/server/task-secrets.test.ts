import { setTimeout as sleep } from 'node:timers/promises'
import { Attempts } from '@cairn/pipelines/engine/attempts'
import { TaskSecrets } from '@cairn/pipelines/engine/task-secrets'
import { pipelines } from '@cairn/pipelines/plugin'
import { startRemoteWorker } from '@cairn/pipelines/remote-worker/start'
import type { PipelinesSchema } from '@cairn/pipelines/schema'
import { waitForEnd } from '@cairn/pipelines/testing/client'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Client } from '@cairn/platform/protocol/client'
import { CancelRun, GetJobRun, GetRunOutput, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import {
  CreateSecretScope,
  DeleteSecretAcl,
  PutSecret,
  PutSecretAcl,
} from '@cairn/platform/protocol/databricks/secrets'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { silentLog } from '@cairn/platform/testing/silent-log'
import { workspace } from '@cairn/workspace/plugin'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const SECRET = 'open "sesame" 77'
const PRINTS = `printf '%s|%s|%s\\n' "$TEXT" "$API_KEY" "$REGION" | base64 -w0 >&2; echo "$API_KEY and $TEXT"
printf 'open '; sleep 0.2; echo "\${API_KEY#open }"`

const hosts = ['the server', 'a worker over HTTP'] as const

describe.each(
  sampledDatabases.flatMap(([name, database]) => hosts.map((host) => ({ name, database, host }))),
)('secrets of tasks on $host, on $name', ({ database, host }) => {
  let served: TestApp
  let call: Client
  let close: () => Promise<unknown>
  beforeAll(async () => {
    const concurrency = host === 'the server' ? 2 : 0
    served = await testApp(
      async (app, context) => {
        await app.register(workspace, { context })
        await app.register(pipelines, { context, concurrency })
      },
      { database },
    )
    const { context, app } = served
    const server = await app.listen({ port: 0, host: '127.0.0.1' })
    call = context.client()
    const facts = { name: 'w', version: '1', labels: [], token: undefined, log: silentLog }
    const config = { ...context.config, task_processes: 'on' as const }
    const worker = concurrency === 0 ? await startRemoteWorker({ ...facts, server, config }) : undefined
    close = async () => worker?.close()
    await context.identities.create('user', 'ada')
    await call(CreateSecretScope, { scope: 'team' })
    await call(PutSecret, { scope: 'team', key: 'k', string_value: SECRET })
  })
  afterAll(async () => {
    await close?.()
    await served?.close()
  })

  async function run(task: Omit<TaskSettings, 'task_key'>, more: object = {}) {
    const settings = { tasks: [{ task_key: 'a', run_as: { user_name: 'ada' }, ...task }], ...more }
    const { run_id } = await call(SubmitRun, settings)
    const ended = await waitForEnd(call, run_id)
    const output = await call(GetRunOutput, { run_id: ended.tasks![0]!.run_id })
    return { result: ended.state.result_state, output }
  }
  const grant = () => call(PutSecretAcl, { scope: 'team', principal: 'ada', permission: 'READ' })
  const revoke = () => call(DeleteSecretAcl, { scope: 'team', principal: 'ada' })

  test('reach variables, and are redacted in what the task prints', async () => {
    await grant()
    const { result, output } = await run(
      {
        shell_task: { script: PRINTS },
        environment_variables: {
          API_KEY: '{{secrets/team/k}}',
          TEXT: 'key={{ secrets/team/k }} of {{task.name}}',
        },
        environment_variables_key: 'shared',
        new_cluster: { spark_env_vars: { REGION: 'kr', API_KEY: 'replaced' } },
      },
      {
        environment_variables: [
          { environment_variables_key: 'shared', spec: { variables: { REGION: '{{secrets/team/k}}' } } },
        ],
      },
    )
    expect(result, output.error).toBe('SUCCESS')
    const lines = output.logs.split('\n')
    const encoded = lines.find((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line))!
    expect(Buffer.from(encoded, 'base64').toString()).toBe(`key=${SECRET} of a|${SECRET}|${SECRET}\n`)
    expect(lines).toEqual(expect.arrayContaining(['[REDACTED] and key=[REDACTED] of a', '[REDACTED]']))
  })

  test('are redacted in values, errors and traces, and stored nowhere', async () => {
    await grant()
    const file = `import { taskValues } from 'cairn-tasks'
        const key = process.env.API_KEY
        await taskValues.set('key', { [key]: [key, 7] })
        throw new Error('wrong key: ' + key)`
    const { result, output } = await run(
      { node_task: { file: 'a.mjs' }, environment_variables: { API_KEY: '{{secrets/team/k}}' } },
      { files: { 'a.mjs': file } },
    )
    expect(result).toBe('FAILED')
    expect(output.node_task_output).toEqual({ values: { key: { '[REDACTED]': ['[REDACTED]', 7] } } })
    expect(output.error_trace).toContain('wrong key: [REDACTED]')
    const tables = ['task_runs', 'task_attempts', 'task_logs', 'task_values', 'job_runs', 'queued_jobs']
    for (const table of tables) {
      const { rows } = await sql`select * from ${sql.table(table)}`.execute(served.context.db.for().read)
      expect(JSON.stringify(rows), table).not.toContain('sesame')
    }
  })

  test('need READ on their scope when the attempt starts, and each reading is audited', async () => {
    await revoke().catch(() => undefined)
    const task = {
      shell_task: { script: 'true' },
      environment_variables: { API_KEY: '{{secrets/team/k}}' },
    }
    const refused = await run(task)
    expect(refused.result).toBe('FAILED')
    expect(refused.output.error).toBe(
      "tasks: 'a': API_KEY: 'ada' cannot read the secret {{secrets/team/k}}: Scope team does not exist!",
    )
    await grant()
    const before = await readings()
    expect((await run(task)).result).toBe('SUCCESS')
    expect(await readings()).toBe(before + 1)
  })

  test('that changed while the task runs are not read again to redact its values', async () => {
    await grant()
    const task = {
      ...{ task_key: 'a', run_as: { user_name: 'ada' }, shell_task: { script: 'exec sleep 1000' } },
      environment_variables: { API_KEY: '{{secrets/team/k}}' },
    }
    const { run_id } = await call(SubmitRun, { tasks: [task] })
    const running = async () => (await call(GetJobRun, { run_id })).tasks![0]!
    while ((await running()).status.state !== 'RUNNING') await sleep(20)
    const { context } = served
    const attempts = new Attempts(context.db.for<PipelinesSchema>(), Date.now, () => undefined)
    const ofAnotherProcess = () => new TaskSecrets({ context, attempts })
    const key = { task_run_id: (await running()).run_id, attempt: 1 }
    expect(await ofAnotherProcess().valuesOf(key)).toEqual([SECRET])
    await sleep(5)
    await call(PutSecret, { scope: 'team', key: 'k', string_value: 'another' })
    await expect(ofAnotherProcess().valuesOf(key)).rejects.toMatchObject({
      code: 'ABORTED',
      message: expect.stringContaining('{{secrets/team/k}} has changed'),
    })
    await call(CancelRun, { run_id })
    await waitForEnd(call, run_id)
    await call(PutSecret, { scope: 'team', key: 'k', string_value: SECRET })
  })

  /** How often ada has read the secret. */
  async function readings() {
    await served.app.audit!.flush()
    const rows = await served.context.db
      .for<AuthSchema>()
      .read.selectFrom('audit_events')
      .select(['principal', 'outcome'])
      .where('action_name', '=', 'getSecret')
      .execute()
    return rows.filter((row) => row.principal === 'ada' && row.outcome === 'success').length
  }
})
