import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { SecretResolver } from '@cairn/platform/secrets/secret-resolver'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WorkspaceSchema } from '../schema.js'
import { type WorkspaceApp, workspaceApp } from '../testing/workspace-app.js'

const CANARY = 'canary of a secret'
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe.each(databases)('secrets on %s', (_name, database) => {
  let served: WorkspaceApp
  beforeEach(async () => {
    served = await workspaceApp(database)
  })
  afterEach(() => served.close())

  const post = (path: string, input: object, as?: string) => served.call('POST', `/secrets${path}`, input, as)
  const get = (path: string, input: object = {}, as?: string) =>
    served.call('GET', `/secrets${path}`, input, as)
  const rows = () => served.context.db.for<WorkspaceSchema>().read.selectFrom('secrets').selectAll().execute()

  test('a value is returned in Base64 to those who may read it, and is encrypted in the database', async () => {
    await post('/scopes/create', { scope: 'team' })
    expect(await post('/put', { scope: 'team', key: 'token', string_value: CANARY })).toEqual({ status: 200 })
    await post('/put', { scope: 'team', key: 'bytes', bytes_value: Buffer.from([0, 255]).toString('base64') })
    expect(await get('/get', { scope: 'team', key: 'token' })).toEqual({
      ...{ status: 200, key: 'token', value: base64(CANARY) },
    })
    expect((await get('/get', { scope: 'team', key: 'bytes' })).value).toBe('AP8=')
    expect(await get('/list', { scope: 'team' })).toEqual({
      status: 200,
      secrets: ['bytes', 'token'].map((key) => ({ key, last_updated_timestamp: expect.any(Number) })),
    })
    expect(JSON.stringify(await rows())).not.toContain(CANARY)
    expect(JSON.stringify(await rows())).not.toContain(base64(CANARY))
  })

  test('no cache keeps a value', async () => {
    await post('/scopes/create', { scope: 'team' })
    await post('/put', { scope: 'team', key: 'token', string_value: CANARY })
    const answer = await served.app.inject('/api/2.0/secrets/get?scope=team&key=token')
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store'])
  })

  test('putting a secret again replaces it, and a secret copied to another row is not decrypted', async () => {
    await post('/scopes/create', { scope: 'team' })
    await post('/put', { scope: 'team', key: 'a', string_value: 'old' })
    await post('/put', { scope: 'team', key: 'a', string_value: 'new' })
    await post('/put', { scope: 'team', key: 'b', string_value: 'other' })
    expect((await get('/get', { scope: 'team', key: 'a' })).value).toBe(base64('new'))
    const { sealed } = (await rows()).find(({ key }) => key === 'b')!
    await served.context.db
      .for<WorkspaceSchema>()
      .transaction((tx) => tx.updateTable('secrets').set({ sealed }).where('key', '=', 'a').execute())
    expect(await get('/get', { scope: 'team', key: 'a' })).toMatchObject({
      status: 400,
      error_code: 'INVALID_STATE',
    })
  })

  test('a principal owns 100 scopes at most', async () => {
    for (let i = 0; i < 100; i++) await post('/scopes/create', { scope: `s${i}` })
    const refused = await post('/scopes/create', { scope: 'more' })
    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('owns 100 scopes') })
    await post('/scopes/delete', { scope: 's0' })
    expect((await post('/scopes/create', { scope: 'more' })).status).toBe(200)
  })

  test('rejects bad input with 400 that names the field and never quotes a value', async () => {
    await post('/scopes/create', { scope: 'team' })
    const put = (input: object) => post('/put', { scope: 'team', key: 'k', ...input })
    const cases: [Promise<{ status: number; message?: string }>, string][] = [
      [put({}), 'string_value'],
      [put({ string_value: CANARY, bytes_value: CANARY }), 'bytes_value'],
      [put({ string_value: { nested: CANARY } }), 'string_value'],
      [put({ string_value: [CANARY] }), 'string_value'],
      [put({ string_value: '' }), 'string_value'],
      [put({ string_value: CANARY.repeat(10_000) }), 'string_value'],
      [put({ bytes_value: CANARY }), 'bytes_value'],
      [put({ key: 'a/b', string_value: CANARY }), 'key'],
      [post('/scopes/create', { scope: 'a b' }), 'scope'],
      [
        post('/scopes/create', { scope: 'x', initial_manage_principal: 'somebody' }),
        'initial_manage_principal',
      ],
      [
        post('/scopes/create', { scope: 'x', backend_azure_keyvault: { dns: 'd' } }),
        'backend_azure_keyvault',
      ],
      [post('/acls/put', { scope: 'team', principal: 'owner', permission: 'ADMIN' }), 'permission'],
    ]
    for (const [answer, field] of cases) {
      const { status, message } = await answer
      expect({ status, message }).toMatchObject({ status: 400, message: expect.stringContaining(field) })
      expect(message).not.toContain(CANARY)
    }
    expect(await post('/scopes/create', { scope: 'team' })).toMatchObject({
      ...{ status: 400, error_code: 'RESOURCE_ALREADY_EXISTS' },
    })
    for (const path of ['/get', '/list', '/acls/list'])
      expect(await get(path, { scope: 'none', key: 'k' })).toMatchObject({ status: 404 })
    expect(await get('/get', { scope: 'team', key: 'none' })).toMatchObject({ status: 404 })
    expect(await post('/delete', { scope: 'team', key: 'none' })).toMatchObject({ status: 404 })
  })

  test('permissions on a scope are given, shown and taken', async () => {
    await post('/scopes/create', { scope: 'team' })
    await post('/put', { scope: 'team', key: 'k', string_value: 'v' })
    await served.token('ada')
    const read = () => get('/get', { scope: 'team', key: 'k' }, 'ada')
    const write = () => post('/put', { scope: 'team', key: 'k', string_value: 'w' }, 'ada')
    const give = (permission: string, as?: string) =>
      post('/acls/put', { scope: 'team', principal: 'ada', permission }, as)
    expect(await read()).toMatchObject({ status: 404, message: 'Scope team does not exist!' })
    await give('READ')
    expect([(await read()).status, (await write()).status]).toEqual([200, 403])
    expect((await give('MANAGE', 'ada')).status).toBe(403)
    await give('WRITE')
    expect([(await read()).status, (await write()).status]).toEqual([200, 200])
    expect(await get('/acls/get', { scope: 'team', principal: 'ada' })).toEqual({
      ...{ status: 200, principal: 'ada', permission: 'WRITE' },
    })
    expect((await get('/acls/list', { scope: 'team' })).items).toEqual([
      { principal: 'owner', permission: 'MANAGE' },
      { principal: 'ada', permission: 'WRITE' },
    ])
    expect((await post('/acls/delete', { scope: 'team', principal: 'ada' })).status).toBe(200)
    expect((await read()).status).toBe(404)
    expect((await post('/acls/delete', { scope: 'team', principal: 'ada' })).status).toBe(404)
    expect((await post('/acls/delete', { scope: 'team', principal: 'owner' })).status).toBe(400)
    expect((await get('/acls/get', { scope: 'team', principal: 'nobody' })).status).toBe(404)
  })

  test('lists the scopes that the caller may read, and needs a privilege to create one', async () => {
    await post('/scopes/create', { scope: 'mine' })
    await post('/scopes/create', { scope: 'ours', initial_manage_principal: 'users' })
    expect((await get('/scopes/list')).scopes).toEqual(
      ['mine', 'ours'].map((name) => ({ name, backend_type: 'DATABRICKS' })),
    )
    expect((await get('/scopes/list', {}, 'ada')).scopes.map(({ name }: { name: string }) => name)).toEqual([
      'ours',
    ])
    expect((await post('/scopes/create', { scope: 'hers' }, 'ada')).status).toBe(403)
    expect((await get('/acls/list', { scope: 'ours' }, 'ada')).status).toBe(200)
  })

  test('a scope that is created again inherits neither secrets nor permissions', async () => {
    await post('/scopes/create', { scope: 'team' })
    await post('/put', { scope: 'team', key: 'k', string_value: 'v' })
    await served.token('ada')
    await post('/acls/put', { scope: 'team', principal: 'ada', permission: 'READ' })
    expect((await post('/scopes/delete', { scope: 'team' })).status).toBe(200)
    expect(await rows()).toEqual([])
    await post('/scopes/create', { scope: 'team' })
    expect((await get('/list', { scope: 'team' })).secrets).toEqual([])
    expect((await get('/list', { scope: 'team' }, 'ada')).status).toBe(404)
  })

  test('a token for reading reads no secrets', async () => {
    await post('/scopes/create', { scope: 'team' })
    await post('/put', { scope: 'team', key: 'k', string_value: CANARY })
    const { secret } = await served.context.tokens.issue(LOCAL_OWNER.id, 'test', { scopes: ['read'] })
    const response = await served.app.inject({
      ...{ method: 'GET', url: '/api/2.0/secrets/get?scope=team&key=k' },
      headers: { authorization: `Bearer ${secret}` },
    })
    expect(response.statusCode).toBe(403)
    expect(response.body).not.toContain(CANARY)
  })

  test('rotation renews the key file, which only the owner can read, and encrypts all secrets again', async () => {
    await post('/scopes/create', { scope: 'team' })
    for (const key of ['a', 'b']) await post('/put', { scope: 'team', key, string_value: `value of ${key}` })
    const before = await rows()
    const file = join(served.context.config.data, 'secrets.key')
    const oldKey = await readFile(file, 'utf8')
    const rotate = async () =>
      (await served.app.inject({ method: 'POST', url: '/api/cairn/v1/secrets/rotate-key' })).json()
    expect(await rotate()).toEqual({ sealed_again: 2 })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const lines = (await readFile(file, 'utf8')).trim().split('\n')
    expect(lines).toEqual([expect.not.stringContaining(oldKey), oldKey])
    const after = await rows()
    for (const [i, { sealed }] of after.entries())
      expect(sealed.slice(0, 16)).not.toBe(before[i]!.sealed.slice(0, 16))
    expect((await get('/get', { scope: 'team', key: 'b' })).value).toBe(base64('value of b'))
    expect(await rotate()).toEqual({ sealed_again: 2 })
    expect((await get('/get', { scope: 'team', key: 'a' })).value).toBe(base64('value of a'))
  })

  test('resolves references with the rights of a principal at that moment', async () => {
    await post('/scopes/create', { scope: 'team' })
    await post('/put', { scope: 'team', key: 'k', string_value: CANARY })
    await served.token('ada')
    const ada = await served.context.identities.get('ada')
    const resolver = new SecretResolver(served.context)
    const settings = { PLAIN: '{{run.id}}', URL: 'https://u:{{secrets/team/k}}@host/{{ secrets/team/k }}' }
    await expect(resolver.resolve(settings, ada)).rejects.toThrow(
      "URL: 'ada' cannot read the secret {{secrets/team/k}}: Scope team does not exist!",
    )
    await post('/acls/put', { scope: 'team', principal: 'ada', permission: 'READ' })
    expect(await resolver.resolve(settings, ada)).toEqual({
      settings: { PLAIN: '{{run.id}}', URL: `https://u:${CANARY}@host/${CANARY}` },
      secrets: [CANARY],
    })
    await post('/acls/delete', { scope: 'team', principal: 'ada' })
    await expect(resolver.resolve(settings, ada)).rejects.toThrow('does not exist')
    expect(
      (await served.context.tokens.list({ principalId: ada.id })).filter(
        ({ label }) => label === 'read secrets',
      ),
    ).toEqual([])
  })
})

test('a configured key is rotated by its owner', async () => {
  const served = await workspaceApp(databases[0]![1], { secrets_key: 'configured' })
  const rotated = await served.app.inject({ method: 'POST', url: '/api/cairn/v1/secrets/rotate-key' })
  expect(rotated.json()).toMatchObject({ error_code: 'INVALID_STATE' })
  expect(rotated.body).toContain('CAIRN_SECRETS_PREVIOUS_KEY')
  await expect(stat(join(served.context.config.data, 'secrets.key'))).rejects.toThrow('ENOENT')
  await served.close()
})
