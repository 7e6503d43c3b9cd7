import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withRun } from '@cairn/sdk/run'
import { afterAll, beforeAll, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../bin/cairn.mjs', import.meta.url))
let data: string
let server: ChildProcess
let url = ''

const start = (args: readonly string[]) =>
  spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })

async function cairn(...args: string[]) {
  const child = start(['--server', url, ...args])
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'cairn-sync-'))
  const up = start(['up', '--no-demo', '--port', '0', '--data', join(data, 'server')])
  server = up
  let output = ''
  url = await new Promise((resolve, reject) => {
    up.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      const ready = /ready at (\S+)/.exec(output)
      if (ready) resolve(ready[1]!)
    })
    up.once('close', () => reject(new Error(`the server did not start: ${output}`)))
  })
}, 240_000)

afterAll(async () => {
  server?.kill('SIGKILL')
  await rm(data, { recursive: true, force: true })
})

test('lists offline runs, uploads them once, and removes them on request', async () => {
  const folder = join(data, 'runs')
  await withRun({ mode: 'offline', folder, experiment: 'far away', name: 'first' }, async (run) => {
    await run.logMetrics({ loss: 1 })
    await run.logText('hello', 'a.txt')
    await withRun({ name: 'child' }, async (child) => child.logParams({ p: 1 }))
  })

  const dry = await cairn('sync', folder, '--dry-run')
  expect([dry.code, dry.stdout.match(/not uploaded/g)?.length]).toEqual([0, 2])
  expect(dry.stderr).toContain('2 runs to upload')
  expect((await cairn('runs', 'list', '-e', 'far away')).code).toBe(3)

  const sent = await cairn('sync', folder)
  expect([sent.code, sent.stdout.match(/ uploaded$/gm)?.length]).toEqual([0, 2])
  expect(sent.stderr).toMatch(/View the runs at http:.*\/#\/experiments\/\d+/)
  expect(sent.stderr).toContain('--delete')

  const again = await cairn('sync', folder, '--again', '--delete', '-o', 'json')
  const rows = JSON.parse(again.stdout) as { state: string; run_id: string; problems: string[] }[]
  expect(rows).toMatchObject([
    { name: 'first', state: 'uploaded', problems: [] },
    { name: 'child', state: 'uploaded', problems: [] },
  ])
  expect(await readdir(folder)).toEqual([])
  const runs = JSON.parse((await cairn('runs', 'list', '-e', 'far away', '-o', 'json')).stdout) as unknown[]
  expect(runs).toHaveLength(2)
}, 240_000)

test('reports an incomplete line and a rejected parameter, and exits with 1', async () => {
  const folder = join(data, 'torn')
  const log = await withRun({ mode: 'offline', folder, experiment: 'torn', name: 'torn' }, async (run) => {
    await run.logParams({ p: 1 })
    await run.logParams({ p: 2 })
    return join(run.folder!, 'log.jsonl')
  })
  await appendFile(log, '{"sum":"0123')
  await mkdir(join(folder, 'unbegun'))
  await writeFile(join(folder, 'unbegun', 'log.jsonl'), '{"sum"')
  const { code, stderr } = await cairn('sync', folder)
  expect(code).toBe(1)
  expect(stderr).toContain('before the run started')
  expect(stderr).toContain('the last line is incomplete; its 12 bytes are skipped')
  expect(stderr).toMatch(/torn: parameter 'p':/)
  expect((await cairn('sync', folder, '--delete')).code).toBe(0)
}, 240_000)

test('exits with 7 for an unreachable server and with 3 for a missing folder', async () => {
  const folder = join(data, 'kept')
  await withRun({ mode: 'offline', folder, experiment: 'kept' }, async (run) => run.logMetrics({ m: 1 }))
  const unreachable = await cairn('sync', folder, '--server', 'http://127.0.0.1:9')
  expect([unreachable.code, unreachable.stdout]).toEqual([7, ''])
  expect(unreachable.stderr).toContain('Uploaded 0 of 1 runs. Run the same command again to resume.')
  expect(await readdir(folder)).toHaveLength(1)
  expect((await cairn('sync', join(data, 'nowhere'))).code).toBe(3)
}, 240_000)
