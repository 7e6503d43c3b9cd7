import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { send } from './harness/api.js'
import { runCli } from './harness/cli.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'

const TOKEN = 'a-token-that-a-secret-store-generated'
const PASSWORD = 'three small stones'

describe('people on the command line', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer({ env: { CAIRN_AUTH: 'required', CAIRN_OWNER_TOKEN: TOKEN } })
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  const cairn = async (line: string, token = TOKEN) => {
    const args = line.match(/'[^']*'|\S+/g)!.map((word) => word.replaceAll("'", ''))
    const { code, stdout, stderr } = await runCli(server.url, ['--token', token, ...args])
    return { code, stdout, stderr }
  }
  const json = async <T>(line: string, token?: string) =>
    JSON.parse((await cairn(`${line} -o json`, token)).stdout) as T
  const accept = async (url: string, name?: string) => {
    const code = new URL(url.replace('#/', '')).searchParams.get('code')
    const body = { code, password: PASSWORD, ...(name && { name }) }
    return (await send(server.url, 'POST', '/api/cairn/v1/invites/accept', { body })).status
  }

  test('an administrator invites a person, groups nest, and tokens are created, rotated and revoked', async () => {
    for (const group of ['team', 'department']) expect((await cairn(`groups create ${group}`)).code).toBe(0)
    const { url } = await json<{ url: string }>('users invite bo@example.org --group team')
    const typo = await json<{ id: string; url: string }>('users invite bob@example.org')
    expect((await cairn('users links')).stdout).toMatch(
      /bob@example\.org +account[\s\S]*bo@example\.org +account +team/,
    )
    expect((await cairn(`users revoke-link ${typo.id}`)).code).toBe(0)
    expect([await accept(typo.url), await accept(url)]).toEqual([400, 200])
    expect((await cairn('users links')).stdout).not.toContain('example.org')
    expect((await cairn('users links --search bo')).stderr).toContain("No link contains 'bo'.")
    await cairn('service-principals create importer')
    expect((await cairn('groups add department team importer')).code).toBe(0)
    expect((await cairn('groups members department')).stdout).toMatch(/importer[\s\S]*team/)
    expect((await cairn('groups members team')).stdout).toContain('bo@example.org')
    const made = await json<{ token_value: string }>(
      'tokens create --for importer --lifetime 1d --scope read',
    )
    const rotated = await json<{ token_value: string; token_info: { token_id: string } }>(
      'tokens rotate --grace 1m',
      made.token_value,
    )
    expect((await cairn('experiments list', rotated.token_value)).stderr).toContain('No experiments')
    const refused = await cairn('experiments create x', rotated.token_value)
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('only for read')])
    expect((await cairn('tokens list --for importer')).stdout).toContain('read')
    expect((await cairn('tokens list --all --search IMPORTER')).stdout).toContain('read')
    expect((await cairn('tokens list --all --search none')).stderr).toContain('No tokens')
    expect((await cairn(`tokens revoke ${rotated.token_info.token_id} --other`)).code).toBe(0)
    expect((await cairn('experiments list', made.token_value)).stderr).toContain('expired or revoked')
    expect((await cairn('users deactivate bo@example.org')).code).toBe(0)
    expect((await cairn('users list')).stdout).toMatch(/bo@example\.org\s+bo@example\.org\s+no/)
    expect((await cairn('users list --search BO@')).stdout).toContain('bo@example.org')
    expect((await cairn('users list --search nobody')).stderr).toContain("No user has 'nobody' in its name.")
    expect((await cairn('users show bo@example.org')).stdout).toMatch(/active +no\ngroups +team\n/)
    const hours = await cairn('users invite cy@example.org --hours abc')
    expect([hours.code, hours.stderr]).toEqual([2, expect.stringContaining("'abc' is not an integer.")])
    const missing = await cairn('users delete nobody')
    expect([missing.code, missing.stderr]).toEqual([
      3,
      expect.stringContaining("user 'nobody' does not exist"),
    ])
  })

  test.skipIf(!python)('MLflow’s client signs in with name and password', async () => {
    const { url } = await json<{ url: string }>("users invite ada --group 'workspace admins'")
    expect(await accept(url)).toBe(200)
    const env = {
      ...{ CAIRN_URL: server.url, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0' },
      ...{ MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: PASSWORD },
    }
    const said = await runPython(join(root, 'acceptance/clients/mlflow_password.py'), {
      env,
    })
    expect(said.match(/^ok /gm)).toHaveLength(3)
  })
})

test.skipIf(!python)('databricks-sdk manages people, as far as its caller may', async () => {
  await using server = await startServer({ env: { CAIRN_AUTH: 'required', CAIRN_OWNER_TOKEN: TOKEN } })
  const said = await runPython(join(root, 'acceptance/clients/databricks_people.py'), {
    env: { CAIRN_URL: server.url, CAIRN_TOKEN: TOKEN },
  })
  expect(said.match(/^ok /gm)!.length).toBeGreaterThan(80)
})
