import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from './harness/cli.js'
import { MLFLOW_ONLY, type Server, startServer } from './harness/server.js'
import { until } from './harness/until.js'
import { TcpProxy } from './outages/tcp-proxy.js'

interface Finding {
  readonly check: string
  readonly result: string
  readonly detail: string
  readonly advice: string
}

const home = mkdtempSync(join(tmpdir(), 'cairn-doctor-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Runs `cairn doctor` without the settings and the login of this machine. */
async function doctor(url: string, env: Record<string, string> = {}, args: readonly string[] = []) {
  const answer = await runCli(url, ['doctor', '-o', 'json', ...args], {
    env: { HOME: home, XDG_CONFIG_HOME: home, CAIRN_DATA: join(home, 'data'), ...env },
  })
  const findings = JSON.parse(answer.stdout) as Finding[]
  return { code: answer.code, of: (check: string) => findings.find((one) => one.check === check), findings }
}

describe('the doctor', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer({ args: MLFLOW_ONLY })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('reports a line for each check of the machine, the settings and the server', async () => {
    const { of, findings } = await doctor(server.url)
    for (const check of ['node', 'settings', 'data folder', 'disk', 'tasks', 'server'])
      expect(of(check), check).toBeDefined()
    expect(of('server')).toEqual({ check: 'server', result: 'ok', detail: server.url, advice: '' })
    for (const check of ['database', 'artifact store'])
      expect(of(check)).toMatchObject({ result: 'ok', detail: 'works for the server' })
    expect(findings.every(({ result, advice }) => (result === 'ok') === (advice === ''))).toBe(true)
  })

  test('prints a table, and ends with 1 when something does not work', async () => {
    const gone = 'http://127.0.0.1:9'
    const { code, stdout } = await runCli(gone, ['doctor'], { env: { HOME: home, XDG_CONFIG_HOME: home } })
    expect(code).toBe(1)
    expect(stdout).toMatch(/^CHECK +RESULT +DETAIL\n/)
    expect(stdout).toMatch(/server +problem +http:\/\/127\.0\.0\.1:9 cannot be reached\. Start it with/)
    expect(stdout).not.toContain('{')
  })

  test('advises on settings', async () => {
    const wrong = await doctor(server.url, { CAIRN_PORT: 'eighty' })
    expect(wrong.code).toBe(1)
    expect(wrong.of('settings')).toMatchObject({
      result: 'problem',
      detail: expect.stringContaining('CAIRN_PORT'),
      advice: expect.stringContaining('docs/configuration.md'),
    })
    const misspelt = await doctor(server.url, { CAIRN_DATABSE_URL: 'sqlite:x.db' })
    expect(misspelt.of('settings')).toMatchObject({
      result: 'warning',
      detail: expect.stringContaining('did you mean CAIRN_DATABASE_URL?'),
    })
    expect(misspelt.of('keys')).toBeUndefined()
    const shared = { CAIRN_DATABASE_URL: 'postgres://db.example/cairn' }
    expect((await doctor(server.url, shared)).of('keys')).toMatchObject({
      ...{ result: 'warning', advice: 'Set the same on all servers, and keep a copy.' },
      detail: expect.stringMatching(/^CAIRN_SECRETS_KEY and CAIRN_WEBHOOK_SECRET_KEY are not set/),
    })
    const one = await doctor(server.url, { ...shared, CAIRN_WEBHOOK_SECRET_KEY: 'w' })
    expect(one.of('keys')?.detail).toMatch(/^CAIRN_SECRETS_KEY is not set/)
    const both = await doctor(server.url, {
      ...{ ...shared, CAIRN_WEBHOOK_SECRET_KEY: 'w', CAIRN_SECRETS_KEY: 's' },
    })
    expect(both.of('keys')).toMatchObject({ result: 'ok' })
  })
})

test('the doctor tells who is signed in, and how to sign in', async () => {
  const token = 'a-token-that-a-secret-store-generated'
  await using server = await startServer({ env: { CAIRN_AUTH: 'required', CAIRN_OWNER_TOKEN: token } })
  expect((await doctor(server.url, {}, ['--token', token])).of('sign-in')).toMatchObject({
    ...{ result: 'ok', detail: 'as owner' },
  })
  for (const args of [[], ['--token', 'cairn_wrong']])
    expect((await doctor(server.url, {}, args)).of('sign-in')).toMatchObject({
      result: 'problem',
      advice: expect.stringContaining('cairn login'),
    })
})

test.skipIf(!process.env.TEST_REDIS_URL)('the doctor names what a server cannot reach', async () => {
  const redis = process.env.TEST_REDIS_URL!
  await using proxy = await TcpProxy.to(redis, 6379)
  await using server = await startServer({ env: { CAIRN_REDIS_URL: proxy.urlTo(redis) } })
  expect((await doctor(server.url)).of('Redis')).toMatchObject({ result: 'ok' })
  await proxy.cut()
  await until('the doctor reports it', async () => {
    const { code, of } = await doctor(server.url)
    return code === 1 && of('Redis')?.advice === 'Check that it runs, and CAIRN_REDIS_URL of the server.'
  })
})
