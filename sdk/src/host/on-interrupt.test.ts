import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 120_000 })

/** A minimal tracking server that records a run's calls in order. */
async function recorder(beforeResponse: () => Promise<unknown> = async () => {}) {
  const calls: { path: string; body: Record<string, unknown> }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const path = request.url!.replace(/^.*mlflow\//, '').replace(/\?.*/, '')
    calls.push({ path, body: body ? (JSON.parse(body) as Record<string, unknown>) : {} })
    if (/log-batch|update/.test(path)) await beforeResponse()
    const run = { info: { run_id: 'r1', experiment_id: '1', artifact_uri: 'mlflow-artifacts:/1' }, data: {} }
    response.end(JSON.stringify({ experiment: { experiment_id: '1' }, run }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { calls, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const statuses = (calls: Awaited<ReturnType<typeof recorder>>['calls']) =>
  calls.filter((call) => call.path === 'runs/update').map((call) => call.body.status)

const FOREVER = 'new Promise((resolve) => setTimeout(resolve, 600_000))'

function startScript(url: string, work = FOREVER) {
  const run = fileURLToPath(new URL('../../dist/run.js', import.meta.url))
  const script = `
    import { withRun } from ${JSON.stringify(run)}
    import { once } from 'node:events'
    const { emit } = process
    process.emit = (event, ...rest) => {
      const isHandled = emit.call(process, event, ...rest)
      if (/^SIG/.test(event)) console.log('handles ' + event)
      return isHandled
    }
    await withRun({}, async (run) => {
      await run.logMetrics({ loss: 1 })
      console.log('ready')
      await ${work}
    })`
  const args = ['--input-type=module', '-e', script]
  return spawn(process.execPath, args, {
    env: { ...process.env, MLFLOW_TRACKING_URI: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s stores buffered values, marks the run KILLED and ends the process',
  async (signal) => {
    const { calls, server, url } = await recorder()
    const child = startScript(url)
    await once(child.stdout, 'data')
    child.kill(signal)
    const [code, ended] = await once(child, 'exit')
    server.close()
    expect([code, ended]).toEqual([null, signal])
    expect(calls.slice(-2)).toMatchObject([
      { path: 'runs/log-batch', body: { metrics: [{ key: 'loss' }] } },
      { path: 'runs/update', body: { status: 'KILLED' } },
    ])
  },
)

test('lets its own signal handler end the process, and keeps the first status', async () => {
  const { calls, server, url } = await recorder()
  const child = startScript(url, "once(process, 'SIGTERM')")
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  server.close()
  expect(code).toBe(0)
  expect(statuses(calls)).toEqual(['KILLED'])
})

test('a Ctrl-C that npm delivers twice loses nothing', async () => {
  const { calls, server, url } = await recorder(() => sleep(200))
  const child = startScript(url)
  await once(child.stdout, 'data')
  const exit = once(child, 'exit')
  child.kill('SIGINT')
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  const [, ended] = await exit
  server.close()
  expect([ended, statuses(calls)]).toEqual(['SIGINT', ['KILLED']])
})

test('a signal while the run is ending waits for the end', async () => {
  let answer = () => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const { calls, server, url } = await recorder(() => answered)
  const child = startScript(url, 'undefined')
  await expect.poll(() => calls.map(({ path }) => path), { timeout: 120_000 }).toContain('runs/log-batch')
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  let output = ''
  for await (const chunk of child.stdout) {
    output += chunk
    if (output.includes('handles SIGTERM')) break
  }
  answer()
  const [, ended] = await exit
  server.close()
  expect([ended, statuses(calls)]).toEqual(['SIGTERM', ['FINISHED']])
})

test('a later signal ends the process if the server does not respond', async () => {
  const { server, url } = await recorder(() => new Promise(() => undefined))
  const child = startScript(url)
  await once(child.stdout, 'data')
  const exit = once(child, 'exit')
  while (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGINT')
    await Promise.race([exit, sleep(800)])
  }
  const [, ended] = await exit
  server.closeAllConnections()
  server.close()
  expect(ended).toBe('SIGINT')
})
