import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'

interface Run {
  readonly state: { readonly life_cycle_state: string; readonly result_state?: string }
  readonly tasks: readonly { readonly run_id: number }[]
}

describe('jobs with their own code', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  async function send<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(`${server.url}/api/${path}`, {
      ...(body && {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    })
    return (await response.json()) as T
  }
  const call = <T>(path: string, body?: object) => send<T>(`2.2/jobs/${path}`, body)
  const submit = async (task: object) =>
    (await call<{ run_id: number }>('runs/submit', { tasks: [{ task_key: 'a', ...task }] })).run_id
  const logsOf = async (run_id: number) =>
    (await call<{ logs: string }>(`runs/get-output?run_id=${run_id}`)).logs

  /** The process id that the task prints. */
  async function pidOf(run_id: number, after = 0): Promise<number> {
    for (;;) {
      const pids = (await logsOf(run_id)).match(/^pid \d+$/gm) ?? []
      if (pids.length > after) return Number(pids.at(-1)!.slice(4))
      await sleep(100)
    }
  }

  async function end(run_id: number): Promise<Run> {
    for (;;) {
      const run = await call<Run>(`runs/get?run_id=${run_id}`)
      if (run.state.life_cycle_state === 'TERMINATED') return run
      await sleep(100)
    }
  }

  async function gone(pid: number) {
    for (;;) {
      try {
        process.kill(pid, 0)
      } catch {
        return
      }
      await sleep(50)
    }
  }

  test.skipIf(!python)(
    'are created, run and read by the official databricks-sdk',
    { timeout: 180_000 },
    async () => {
      const { token_value } = await send<{ token_value: string }>('2.0/token/create', { comment: 'jobs' })
      const env = {
        ...{ CAIRN_URL: server.url, CAIRN_TOKEN: token_value },
        ...{ SERVER_PID: String(server.pid), DATABASE: join(server.folder, 'cairn.db') },
      }
      const said = await runPython(join(root, 'acceptance/clients/databricks_jobs.py'), {
        env,
      })
      expect(said.match(/^ok /gm)?.length).toBe(process.getuid?.() === 0 ? 18 : 17)
    },
  )

  test('run code that is in a volume', async () => {
    const catalog = (path: string, body: object) => send(`2.1/unity-catalog/${path}`, body)
    const place = { catalog_name: 'code', schema_name: 's' }
    await catalog('catalogs', { name: 'code' })
    await catalog('schemas', { name: 's', catalog_name: 'code' })
    await catalog('volumes', { ...place, name: 'v', volume_type: 'MANAGED' })
    const path = '/Volumes/code/s/v/a folder/run.sh'
    const file = `${server.url}/api/2.0/fs/files${path.replace(' ', '%20')}`
    expect((await fetch(file, { method: 'PUT', body: 'echo from $0' })).status).toBe(204)
    const run = await submit({ shell_task: { file: path } })
    expect((await end(run)).state.result_state).toBe('SUCCESS')
    expect(await logsOf(run)).toMatch(/from .*\/run.sh/)
    const missing = await submit({ shell_task: { file: '/Volumes/code/s/v/none.sh' } })
    await end(missing)
    const { error } = await call<{ error: string }>(`runs/get-output?run_id=${missing}`)
    expect(error).toContain('/Volumes/code/s/v/none.sh')
  })

  test('fail when their process is killed', async () => {
    const run = await submit({ shell_task: { script: 'echo pid $$; exec sleep 1000' } })
    process.kill(await pidOf(run), 'SIGKILL')
    expect((await end(run)).state.result_state).toBe('FAILED')
    const { error } = await call<{ error: string }>(`runs/get-output?run_id=${run}`)
    expect(error).toBe('The process was ended by SIGKILL; its memory may have run out.')
  })

  test('end with a server that is killed, and run again after its restart', {
    timeout: 120_000,
  }, async () => {
    const script = 'echo pid $$; if [ "$CAIRN_TASK_ATTEMPT" = 1 ]; then exec sleep 1000; fi'
    const run = await submit({ shell_task: { script } })
    const pid = await pidOf(run)
    await server.stop('SIGKILL')
    await gone(pid)
    server = await startServer({ folder: server.folder })
    expect((await end(run)).state.result_state).toBe('SUCCESS')
    expect(await pidOf(run, 1)).not.toBe(pid)
  })
})
