import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from './harness/cli.js'
import { effort, isExhaustive } from './harness/effort.js'
import { environment } from './harness/environment.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { cairn, MLFLOW_ONLY, startServer } from './harness/server.js'
import { mlflowServer } from './migration/mlflow-server.js'

const TIMEOUT_MS = 600_000
const KILLS = effort(2, 2, 6)
const env = {
  MLFLOW_ALLOW_FILE_STORE: 'true',
  MLFLOW_ENABLE_ASYNC_LOGGING: 'false',
  MLFLOW_ENABLE_ASYNC_TRACE_LOGGING: 'false',
}
const STORES = ['a file store', 'a SQLite store', 'a live server'] as const
const PASSED = `0 PASSED: everything was migrated.
These traces were migrated without spans, because the source has no readable ones:
  tr-${'0'.repeat(31)}1
  tr-${'0'.repeat(31)}2
`
/** Traces of a file store have no links. */
const traces = (store: (typeof STORES)[number]) => (store === 'a file store' ? 5 : 6)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-migration-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const runScript = (name: string, ...args: string[]) =>
  runPython(join(root, 'acceptance/migration', name), { args, env, cwd: folder, timeoutMs: TIMEOUT_MS })

/** The URI of each store, which is filled once and then migrated by several tests. */
const uris = new Map<string, Promise<string>>()

/** Fills a store, and returns its URI for the Python client and for `cairn migrate`. */
function filled(store: (typeof STORES)[number]): Promise<string> {
  const uri = uris.get(store) ?? fill(store)
  uris.set(store, uri)
  return uri
}

async function fill(store: (typeof STORES)[number]): Promise<string> {
  const uri =
    store === 'a live server'
      ? await mlflowServer(mkdtempSync(join(folder, 'server-')))
      : store === 'a SQLite store'
        ? `sqlite:///${join(folder, 'mlflow.db')}`
        : `file://${join(folder, 'files')}`
  await runScript('fill.py', uri)
  return uri
}

const row = (what: string, count: number) => new RegExp(`^${what} +${count} +${count} +0 +same$`, 'm')

const compared = async (uri: string, url: string) => (await runScript('compare.py', uri, url)).trim()

describe.skipIf(!python)('a migration from MLflow is complete', () => {
  test.skipIf(!postgres)('to PostgreSQL, killed repeatedly', { timeout: TIMEOUT_MS }, async () => {
    const uri = await filled('a SQLite store')
    await using server = await startServer({
      args: [...MLFLOW_ONLY, '--database-url', await freshPostgres()],
    })
    const args = [cairn, '--server', server.url, 'migrate', 'mlflow', '--from', uri]
    let killed = 0
    for (let waitMs = 600; killed < KILLS; waitMs += 900 / KILLS) {
      const child = spawn(process.execPath, args, { cwd: folder, env: environment(), stdio: 'ignore' })
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
      await Promise.race([ended, sleep(waitMs)])
      child.kill('SIGKILL')
      if ((await ended) === 0) break
      killed++
    }
    const { code, stderr } = await runCli(server.url, args.slice(3), { cwd: folder })
    expect(`${code} ${stderr}`).toBe(PASSED)
    expect(await compared(uri, server.url)).toBe('same 26')
  })

  for (const store of STORES) {
    const isRepeated = store === 'a SQLite store' || isExhaustive
    const title = `from ${store}${isRepeated ? ', and again after changes' : ''}`
    test(`${title}: the official client reads equal results from both`, {
      timeout: TIMEOUT_MS,
    }, async () => {
      const uri = await filled(store)
      await using server = await startServer({ args: MLFLOW_ONLY })
      const { code, stdout, stderr } = await runCli(server.url, ['migrate', 'mlflow', '--from', uri], {
        cwd: folder,
      })
      expect(`${code} ${stderr}`).toBe(PASSED)
      expect(stdout).toMatch(row('runs', 9))
      expect(stdout).toMatch(row('traces', traces(store)))
      expect(stdout).toMatch(row('spans', traces(store) + 1))
      expect(stdout).toMatch(row('assessments', 14))
      expect(stdout).toMatch(row('artifacts', 30))
      expect(await compared(uri, server.url)).toBe(`same ${20 + traces(store)}`)
      if (!isRepeated) return
      await runScript('later.py', uri)
      const again = await runCli(server.url, ['migrate', 'mlflow', '--from', uri], { cwd: folder })
      expect(`${again.code} ${again.stderr}`).toBe(PASSED)
      expect(again.stdout).toMatch(row('artifacts', 31))
      expect(again.stdout).toMatch(row('traces', traces(store) + 1))
      expect(again.stdout).toMatch(row('assessments', 15))
      expect(await compared(uri, server.url)).toBe(`same ${21 + traces(store)}`)
    })
  }
})
