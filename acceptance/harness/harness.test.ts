import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { visitor } from '../browser/visitor.js'
import { chromium, foreignRequests, launchBrowser } from './browser.js'
import { delayMs } from './jitter.js'
import { python, runPython } from './python.js'
import { runProcess } from './run-process.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-harness-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('kills a process at its timeout and reports its output', async () => {
  const script = 'console.log("still here"); setInterval(() => {}, 1000)'
  await expect(runProcess(process.execPath, ['-e', script], { timeoutMs: 5000 })).rejects.toThrow(
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
    expect(await runPython(script, { preloaded: true })).toMatch(/^3\./)
  })

  test.each([false, true])('reports the traceback of a failing script, preloaded: %s', async (preloaded) => {
    const script = join(folder, 'fails.py')
    await writeFile(script, 'raise ValueError("told you")')
    await expect(runPython(script, { preloaded })).rejects.toThrow('ValueError: told you')
  })

  test.each([false, true])('kills a script at its timeout, preloaded: %s', async (preloaded) => {
    const script = join(folder, 'stays.py')
    await writeFile(script, 'import os, time; print("process", os.getpid(), flush=True); time.sleep(600)')
    const late = await runPython(script, { preloaded, timeoutMs: 5000 }).catch(
      (error: Error) => error.message,
    )
    expect(late).toContain('ran longer than 5000 ms')
    const pid = Number(/^process (\d+)$/m.exec(late)?.[1])
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false)
    expect(pid).toBeGreaterThan(0)
  })

  test('runs preloaded scripts with separate arguments, environments and folders', async () => {
    const script = join(folder, 'prints.py')
    await writeFile(
      script,
      'import os, sys, tempfile; print("mlflow" in sys.modules, sys.argv[1:], os.environ.get("FILM"), os.getcwd())\n' +
        'print(tempfile.gettempdir(), input() if sys.stdin.read(1) else "no input")',
    )
    const first = await runPython(script, {
      preloaded: true,
      args: ['a b'],
      env: { FILM: '영화' },
      cwd: folder,
    })
    expect(first).toMatch(new RegExp(`^True \\['a b'\\] 영화 ${folder}\n.*cairn-python-.* no input\n$`))
    const second = await runPython(script, { preloaded: true })
    expect(second).toMatch(/^True \[\] None /)
    const folders = [first, second].map((said) => said.split('\n')[1])
    expect(folders[0]).not.toBe(folders[1])
  })
})

describe.skipIf(!chromium)('browser', () => {
  const SEED = '260' // delays the request to /api/a by 577 ms, and the one to /api/b by 272 ms
  const PATHS = ['/api/a', '/api/b', '/plain']

  test('delays requests to the API and their responses by the seed', async () => {
    const arrived: string[] = []
    const server = createServer((request, response) => {
      if (PATHS.includes(request.url!)) arrived.push(request.url!) // a full browser also asks for an icon
      response.setHeader('content-type', 'text/html').end(request.url)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    onTestFinished(() => void server.close())
    vi.stubEnv('TEST_JITTER', SEED)
    onTestFinished(() => void vi.unstubAllEnvs())
    const browser = await launchBrowser()
    onTestFinished(() => browser.close())
    const tab = await (await browser.newContext()).newPage()
    await tab.goto(`${origin}/page`)
    const took = await tab.evaluate(async (paths) => {
      const started = performance.now()
      const texts = paths.map(async (path) => (await fetch(path)).text())
      await Promise.all(texts)
      return performance.now() - started
    }, PATHS)
    const [request, response] = ['request', 'response'].map((stage) =>
      delayMs(SEED, `${stage} GET /api/a`, 1),
    )
    expect(arrived).toEqual(['/plain', '/api/b', '/api/a'])
    expect(took).toBeGreaterThanOrEqual(request! + response! - 10) // clocks of two processes
  })

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

  test('waits until a page has replaced its placeholders, although it waits for no response', async () => {
    const page = `<h1>Runs</h1><main><div class="skeletons">Loading…</div></main><script>
      setTimeout(() => { document.querySelector('main').textContent = '3 runs' }, 1000)
    </script>`
    const server = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html; charset=utf-8').end(page),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const browser = await launchBrowser()
    onTestFinished(() => browser.close())
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await using someone = await visitor(browser, origin, { isClosed: true })
    await someone.open('/')
    expect(await someone.tab.locator('main').textContent()).toBe('3 runs')
  })
})
