import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { chromium, foreignRequests, launchBrowser } from './browser.js'
import { python, runPython } from './python.js'
import { runProcess } from './run-process.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-harness-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('kills a process at its timeout and reports its output', async () => {
  const script = 'console.log("still here"); setInterval(() => {}, 1000)'
  await expect(runProcess(process.execPath, ['-e', script], { timeoutMs: 1500 })).rejects.toThrow(
    'still here',
  )
})

test('passes no inherited tracking server to a process', async () => {
  process.env.MLFLOW_TRACKING_URI = 'http://elsewhere'
  const print = 'console.log(JSON.stringify(process.env))'
  const { stdout } = await runProcess(process.execPath, ['-e', print], { env: { CAIRN_URL: 'http://here' } })
  delete process.env.MLFLOW_TRACKING_URI
  expect(JSON.parse(stdout)).toMatchObject({ CAIRN_URL: 'http://here' })
  expect(stdout).not.toContain('elsewhere')
})

describe.skipIf(!python)('python', () => {
  test('has the clients that the suites need', async () => {
    const script = join(folder, 'clients.py')
    await writeFile(
      script,
      'import mlflow, databricks.sdk, unitycatalog.client, polars, deltalake; print(mlflow.__version__)',
    )
    expect(await runPython(script)).toMatch(/^3\./)
  })

  test('reports the traceback of a failing script', async () => {
    const script = join(folder, 'fails.py')
    await writeFile(script, 'raise ValueError("told you")')
    await expect(runPython(script)).rejects.toThrow('ValueError: told you')
  })
})

describe.skipIf(!chromium)('browser', () => {
  test('opens a page and collects its requests to other hosts', async () => {
    const page = '<h1>한국어</h1><img src="http://localhost:1/pixel.png">'
    const server = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html; charset=utf-8').end(page),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    onTestFinished(() => void server.close())
    const browser = await launchBrowser()
    onTestFinished(() => browser.close())
    const context = await browser.newContext()
    const foreign = foreignRequests(context, origin)
    const tab = await context.newPage()
    await tab.goto(origin)
    expect(await tab.textContent('h1')).toContain('한국어')
    expect(foreign).toEqual(['http://localhost:1/pixel.png'])
  })
})
