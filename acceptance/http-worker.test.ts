import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from './harness/cli.js'
import { environment } from './harness/environment.js'
import { cairn, type Server, startServer } from './harness/server.js'

interface Run {
  readonly state: { readonly life_cycle_state: string; readonly result_state?: string }
  readonly tasks: readonly { readonly run_id: number; readonly attempt_number: number }[]
}

/** Code of jobs runs on workers only. */
const SETTINGS = { CAIRN_TASK_PROCESSES: 'workers' }

describe('cairn worker, which has a URL and a token only', () => {
  let server: Server
  let folder: string
  let token: string
  const workers: ChildProcess[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cairn-worker-'))
    server = await startServer({ args: ['--services', 'catalog,pipelines'], env: SETTINGS })
    token = await newToken(['worker'])
  })
  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL')
    await server?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  async function call<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(server.url + path, {
      ...(body && {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    })
    return (await response.json()) as T
  }
  const newToken = async (scopes: readonly string[]) =>
    (await call<{ token_value: string }>('/api/2.0/token/create', { scopes })).token_value
  const submit = async (script: string) =>
    (
      await call<{ run_id: number }>('/api/2.2/jobs/runs/submit', {
        tasks: [{ task_key: 'a', shell_task: { script } }],
      })
    ).run_id
  const logsOf = async (run_id: number) =>
    (await call<{ logs: string }>(`/api/2.2/jobs/runs/get-output?run_id=${run_id}`)).logs

  function startWorker() {
    const args = [cairn, '--server', server.url, '--token', token, 'worker']
    const worker = spawn(process.execPath, args, {
      cwd: folder,
      env: environment({ CAIRN_TASK_PROCESSES: 'on' }),
      stdio: 'ignore',
    })
    workers.push(worker)
    return worker
  }
  async function untilLogged(run_id: number, text: RegExp) {
    for (;;) {
      const [found] = text.exec(await logsOf(run_id)) ?? []
      if (found) return found
      await sleep(100)
    }
  }
  async function end(run_id: number): Promise<Run> {
    for (;;) {
      const run = await call<Run>(`/api/2.2/jobs/runs/get?run_id=${run_id}`)
      if (run.state.life_cycle_state === 'TERMINATED') return run
      await sleep(100)
    }
  }

  test('executes code of jobs, loses a task when it is killed, and ends by SIGTERM with exit code 0', {
    timeout: 120_000,
  }, async () => {
    const slow = await submit(
      'echo "attempt $CAIRN_TASK_ATTEMPT"; [ "$CAIRN_TASK_ATTEMPT" = 2 ] || exec sleep 1000',
    )
    const first = startWorker()
    await untilLogged(slow, /attempt 1/)
    first.kill('SIGKILL')
    const second = startWorker()
    const quick = await submit('env; echo done')
    expect((await end(quick)).state.result_state).toBe('SUCCESS')
    const variables = await logsOf(quick)
    expect(variables).toContain(`MLFLOW_TRACKING_URI=${server.url}`)
    expect(variables).not.toContain(token)
    const run = await end(slow)
    expect(run.state.result_state).toBe('SUCCESS')
    expect(run.tasks[0]!.attempt_number).toBe(1)
    const { stdout } = await runCli(server.url, ['workers', 'list', '-o', 'json'])
    expect(JSON.parse(stdout)).toHaveLength(2)
    second.kill('SIGTERM')
    expect(await once(second, 'exit')).toEqual([0, null])
    expect(JSON.parse((await runCli(server.url, ['workers', 'list', '-o', 'json'])).stdout)).toHaveLength(1)
  })

  const wrong: readonly [string, () => string, () => Promise<string>, number, RegExp][] = [
    [
      'no server',
      () => 'http://127.0.0.1:1',
      async () => token,
      7,
      /^The server http:\/\/127\.0\.0\.1:1 cannot be reached/,
    ],
    [
      'an unknown token',
      () => server.url,
      async () => 'cairn_nobody',
      4,
      /^The token is unknown, expired or revoked\.$/,
    ],
    [
      ...(['a token for something else', () => server.url, () => newToken(['jobs']), 4] as const),
      /^The token is only for jobs; this request needs the scope worker\.$/,
    ],
  ]
  test.each(wrong)('ends with a message for %s', async (_, url, secret, code, sentence) => {
    const found = await runCli(url(), ['--token', await secret(), 'worker'], {
      cwd: folder,
      env: { CAIRN_TASK_PROCESSES: 'on' },
    })
    expect(found.stderr.trim()).toMatch(sentence)
    expect(found.code).toBe(code)
  })
})
