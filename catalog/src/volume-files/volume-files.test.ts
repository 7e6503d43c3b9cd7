import { CreateVolume } from '@cairn/platform/protocol/unity/volumes'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, aCatalog, aSchema, type TestCatalog, testCatalog } from '../testing/catalog.js'

const FILES = '/api/2.0/fs/files'
const DIRECTORIES = '/api/2.0/fs/directories'
const VOLUME = '/Volumes/main/raw/uploads'

describe.each(databases)('files of volumes on %s', (_, database) => {
  let server: TestCatalog
  let reader: Actor
  let writer: Actor
  let stranger: Actor
  beforeAll(async () => {
    server = await testCatalog(database)
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.raw')
    const place = { catalog_name: 'main', schema_name: 'raw' }
    for (const name of ['uploads', 'other'])
      await server.owner(CreateVolume, { ...place, name, volume_type: 'MANAGED' })
    const outside = { name: 'outside', storage_location: 's3://elsewhere/data' }
    await server.owner(CreateVolume, { ...place, ...outside, volume_type: 'EXTERNAL' })
    reader = await server.actor()
    writer = await server.actor()
    stranger = await server.actor()
    for (const { principal } of [reader, writer])
      await server.grant(principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    await server.grant(reader.principal, 'volume', 'main.raw.uploads', 'READ VOLUME')
    await server.grant(writer.principal, 'volume', 'main.raw.uploads', 'READ VOLUME', 'WRITE VOLUME')
  })
  afterAll(() => server.close())

  const call = (who: Actor, method: string, url: string, body?: string | Buffer, headers = {}) =>
    server.app.inject({
      method: method as 'GET',
      url,
      headers: {
        authorization: `Bearer ${who.token}`,
        'content-type': 'application/octet-stream',
        ...headers,
      },
      ...(body !== undefined && { payload: body }),
    })
  const put = (path: string, text: string, query = '') => call(writer, 'PUT', `${FILES}${path}${query}`, text)
  const list = async (path: string, query = '') =>
    (await call(reader, 'GET', `${DIRECTORIES}${path}${query}`)).json()

  test('are uploaded, read whole and in ranges, replaced and deleted', async () => {
    const path = `${VOLUME}/2026/ratings%20of%20all.csv`
    expect((await put(path, 'user,item')).statusCode).toBe(204)
    const read = await call(reader, 'GET', `${FILES}${path}`)
    expect(read).toMatchObject({ statusCode: 200, body: 'user,item' })
    expect(read.headers).toMatchObject({
      'content-length': '9',
      'content-security-policy': expect.stringMatching(/sandbox/),
    })
    const head = await call(reader, 'HEAD', `${FILES}${path}`)
    expect(head.headers).toMatchObject({
      'content-length': '9',
      'last-modified': read.headers['last-modified'],
    })
    const range = await call(reader, 'GET', `${FILES}${path}`, undefined, { range: 'bytes=5-' })
    expect(range).toMatchObject({ statusCode: 206, body: 'item' })
    expect((await put(path, 'none', '?overwrite=false')).json()).toMatchObject({
      error_code: 'ALREADY_EXISTS',
      message: expect.stringContaining(`${VOLUME}/2026/ratings of all.csv exists`),
    })
    expect((await put(path, 'new')).statusCode).toBe(204)
    const date = new Date(0).toUTCString()
    const since = await call(reader, 'GET', `${FILES}${path}`, undefined, { 'if-unmodified-since': date })
    expect(since.statusCode).toBe(412)
    expect((await call(writer, 'DELETE', `${FILES}${path}`)).statusCode).toBe(204)
    expect((await call(writer, 'DELETE', `${FILES}${path}`)).statusCode).toBe(404)
  })

  test('are listed by directory, in pages by name', async () => {
    for (const name of ['b.csv', 'a.csv', '한글.csv', 'sub/deep.csv'])
      await put(`${VOLUME}/l/${encodeURI(name)}`, 'x')
    const all = await list(`${VOLUME}/l`)
    expect(all.contents).toEqual([
      ...['a.csv', 'b.csv'].map((name) => ({
        ...{ path: `${VOLUME}/l/${name}`, name, is_directory: false },
        ...{ file_size: 1, last_modified: expect.any(Number) },
      })),
      { path: `${VOLUME}/l/sub`, name: 'sub', is_directory: true },
      expect.objectContaining({ name: '한글.csv' }),
    ])
    const names: string[] = []
    for (let token = ''; ; ) {
      const page = await list(`${VOLUME}/l`, `?page_size=1${token && `&page_token=${token}`}`)
      names.push(...page.contents.map(({ name }: { name: string }) => name))
      if (!page.next_page_token) break
      token = page.next_page_token
    }
    expect(names).toEqual(['a.csv', 'b.csv', 'sub', '한글.csv'])
    expect(await list(`${VOLUME}/l`, '?page_size=0')).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' })
  })

  test('keep empty directories, which are deleted without entries only', async () => {
    const at = (method: string, path = `${VOLUME}/empty/one`) => call(writer, method, `${DIRECTORIES}${path}`)
    expect((await at('HEAD')).statusCode).toBe(404)
    for (let i = 0; i < 2; i++) expect((await at('PUT')).statusCode).toBe(204)
    expect((await at('HEAD')).statusCode).toBe(200)
    expect(await list(`${VOLUME}/empty/one`)).toEqual({ contents: [] })
    expect((await at('DELETE', `${VOLUME}/empty`)).json().message).toContain('is not empty')
    expect((await at('DELETE')).statusCode).toBe(204)
    expect((await at('HEAD')).statusCode).toBe(404)
    expect((await at('DELETE', VOLUME)).json().message).toContain('delete the volume')
    expect((await call(reader, 'HEAD', `${DIRECTORIES}/Volumes/main/raw/uploads`)).statusCode).toBe(200)
  })

  test('leave their directory behind, so that a tree is deleted from its leaves', async () => {
    await put(`${VOLUME}/tree/sub/only.csv`, 'x')
    expect((await call(writer, 'DELETE', `${FILES}${VOLUME}/tree/sub/only.csv`)).statusCode).toBe(204)
    expect(await list(`${VOLUME}/tree/sub`)).toEqual({ contents: [] })
    for (const path of ['tree/sub', 'tree']) {
      const url = `${DIRECTORIES}${VOLUME}/${path}`
      expect((await call(writer, 'DELETE', url)).statusCode, path).toBe(204)
      expect((await call(writer, 'HEAD', url)).statusCode, path).toBe(404)
    }
  })

  test('need READ VOLUME or WRITE VOLUME, and tell others nothing', async () => {
    await put(`${VOLUME}/secret.csv`, 'secret')
    const path = `${FILES}${VOLUME}/secret.csv`
    for (const [who, method] of [
      [reader, 'PUT'],
      [reader, 'DELETE'],
      [stranger, 'GET'],
      [stranger, 'PUT'],
      [stranger, 'DELETE'],
    ] as const)
      expect((await call(who, method, path, method === 'PUT' ? 'x' : undefined)).statusCode, method).toBe(403)
    const absent = await call(stranger, 'GET', `${FILES}${VOLUME}/absent.csv`)
    const present = await call(stranger, 'GET', path)
    expect(absent.json().message).toBe(present.json().message)
    for (const method of ['GET', 'PUT', 'DELETE', 'HEAD'])
      expect((await call(stranger, method, `${DIRECTORIES}${VOLUME}`)).statusCode, method).toBe(403)
    expect((await call(reader, 'GET', path)).body).toBe('secret')
  })

  test.each([
    ['/Volumes/main/raw/uploads/..%2Fother/x', 400],
    ['/Volumes/main/raw/uploads/a%2F..%2F..%2Fother', 400],
    ['/Volumes/main/raw/uploads/%252e%252e/other/x', 400],
    ['/Volumes/main/raw/uploads/a%5Cb', 400],
    ['/Volumes/main/raw/uploads/.cairn-directory', 400],
    ['/Volumes/main/raw/uploads', 400],
    ['/Volumes/main/raw/uploads/folder/', 400],
    ['/Volumes/main/raw', 400],
    ['/Volumes/main.raw.uploads/x/y', 400],
    ['/Workspace/x', 400],
    ['/Volumes/main/raw/outside/x', 400],
    ['/Volumes/main/raw/absent/x', 404],
  ])('rejects the path %s', async (path, status) => {
    const found = await server.app.inject({ method: 'PUT', url: `${FILES}${path}`, payload: 'x' })
    expect(found.statusCode).toBe(status)
  })

  test('and directories do not replace each other', async () => {
    await put(`${VOLUME}/kinds/file`, 'x')
    expect((await put(`${VOLUME}/kinds`, 'x')).json().message).toContain('is a directory')
    expect((await put(`${VOLUME}/kinds/file/below`, 'x')).statusCode).toBeGreaterThanOrEqual(400)
    expect((await call(reader, 'GET', `${FILES}${VOLUME}/kinds`)).json().message).toContain('is a directory')
    expect((await call(writer, 'PUT', `${DIRECTORIES}${VOLUME}/kinds/file`)).statusCode).toBe(409)
  })
})
