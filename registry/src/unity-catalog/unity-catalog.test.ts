import type { AddressInfo } from 'node:net'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RegistryApp, registryApp } from '../testing/registry-app.js'

const UC = 'unity-catalog'
const name = 'main.recs.movies'
const VERSION = '/Models/main/recs/movies/1'

describe.each(sampledDatabases)("Unity Catalog's registry on %s", (_name, database) => {
  let served: RegistryApp
  beforeAll(async () => {
    served = await registryApp(database)
    const { blobs } = served.context
    await blobs.put('1/model/MLmodel', Buffer.from('flavors: {}'))
    await blobs.put('1/model/data/weights.bin', Buffer.from([0, 1, 2]))
    await served.call('POST', `${UC}/registered-models/create`, { name, description: 'ranks' })
    const source = 'mlflow-artifacts:/1/model'
    await served.call('POST', `${UC}/model-versions/create`, { name, source })
    await served.call('POST', `${UC}/registered-models/alias`, { name, alias: 'champion', version: '1' })
  })
  afterAll(() => served.close())

  const files = (
    method: 'GET' | 'HEAD' | 'PUT',
    kind: 'files' | 'directories',
    path: string,
    options: { payload?: Buffer; headers?: Record<string, string> } = {},
  ) =>
    served.app.inject({
      method,
      url: `/api/2.0/fs/${kind}${path}`,
      ...options,
      headers: { ...(options.payload && { 'content-type': 'application/octet-stream' }), ...options.headers },
    })

  test('has the models of MLflow, with the versions of aliases', async () => {
    const version = { name, version: '1', status: 'READY', aliases: [{ alias: 'champion', version: '1' }] }
    const by = (path: string, input: object) => served.call('GET', `${UC}/${path}`, { name, ...input })
    expect((await by('model-versions/get', { version: '1' })).model_version).toMatchObject(version)
    expect((await by('registered-models/alias', { alias: 'champion' })).model_version).toMatchObject(version)
    const found = await served.call('GET', `${UC}/model-versions/search`, { filter: `name='${name}'` })
    expect(found.model_versions).toMatchObject([{ name, version: '1' }])
    const finalized = await served.call('POST', `${UC}/model-versions/finalize`, { name, version: '1' })
    expect(finalized.model_version).toMatchObject(version)
    const { model_version } = await served.call('GET', 'model-versions/get', { name, version: '1' })
    expect(model_version.aliases).toEqual(['champion'])
  })

  test.each(['movies', 'main.movies', 'a.b.c.d', 'main..movies', '.'])(
    'refuses the name %j',
    async (wrong) => {
      for (const [method, path] of [
        ['POST', 'registered-models/create'],
        ['GET', 'registered-models/get'],
        ['PATCH', 'registered-models/update'],
      ] as const) {
        const refused = await served.call(method, `${UC}/${path}`, { name: wrong })
        expect([refused.status, refused.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE'])
      }
    },
  )

  test('refuses bodies that are not objects', async () => {
    for (const body of ['"main.recs.movies"', '[]', '7', 'null']) {
      const payload = JSON.stringify(JSON.stringify(body))
      const refused = await served.app.inject({
        ...{ method: 'POST', url: `/api/2.0/mlflow/${UC}/registered-models/create`, payload },
        headers: { 'content-type': 'application/json' },
      })
      expect([refused.statusCode, refused.json().error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE'])
    }
  })

  test('searches find models whose names have three parts', async () => {
    await served.call('POST', 'registered-models/create', { name: 'plain' })
    await served.call('POST', 'model-versions/create', { name: 'plain', source: 'mlflow-artifacts:/1/model' })
    for (const path of ['registered-models/search', 'model-versions/search']) {
      const namesIn = async (prefix: string) => {
        const { registered_models, model_versions } = await served.call('GET', prefix + path)
        return (registered_models ?? model_versions).map((found: { name: string }) => found.name)
      }
      expect(await namesIn('')).toEqual(expect.arrayContaining([name, 'plain']))
      expect(await namesIn(`${UC}/`)).toContain(name)
      expect(await namesIn(`${UC}/`)).not.toContain('plain')
    }
  })

  test('clients are told to use the Files API, at one path', async () => {
    const rest = 'is-databricks-sdk-models-artifact-repository-enabled'
    const told = await served.call('GET', `${UC}/registered-models:${rest}`)
    expect(told).toEqual({ status: 200, is_databricks_sdk_models_artifact_repository_enabled: true })
    expect((await served.call('GET', `${UC}/registered-models::${rest}`)).status).toBe(404)
    expect((await served.call('POST', `${UC}/registered-models:${rest}`)).status).toBe(405)
  })

  test('a double slash before the path changes nothing', async () => {
    const answer = await served.call('GET', `//api/2.0/mlflow/${UC}/registered-models/get`, {
      name: 'movies',
    })
    expect(answer.status).toBe(400)
  })

  test('an update renames a model or describes it, and refuses what is not kept', async () => {
    const update = (input: object) => served.call('PATCH', `${UC}/registered-models/update`, input)
    await served.call('POST', `${UC}/registered-models/create`, { name: 'main.recs.old' })
    expect((await update({ name: 'main.recs.old', description: 'd' })).registered_model.description).toBe('d')
    const renamed = await update({ name: 'main.recs.old', new_name: 'main.recs.new' })
    expect(renamed.registered_model).toMatchObject({ name: 'main.recs.new', description: 'd' })
    for (const refused of [
      { new_name: 'new' },
      { new_name: 'main.recs.a', description: 'd' },
      { deployment_job_id: '1' },
    ])
      expect((await update({ name: 'main.recs.new', ...refused })).status).toBe(400)
  })

  test('a gated model is renamed by those who may promote', async () => {
    const gated = 'main.recs.gated'
    await served.call('POST', `${UC}/registered-models/create`, { name: gated })
    const tag = { key: 'cairn.gated_alias', value: 'champion' }
    expect(
      (await served.call('POST', `${UC}/registered-models/set-tag`, { name: gated, ...tag })).status,
    ).toBe(200)
    const headers = await headersOf('editor', gated, 'READ MODELS', 'EDIT MODELS')
    const renamed = await served.app.inject({
      ...{ method: 'PATCH', url: `/api/2.0/mlflow/${UC}/registered-models/update`, headers },
      payload: { name: gated, new_name: 'main.recs.free' },
    })
    expect([renamed.statusCode, renamed.json().message]).toEqual([
      403,
      expect.stringContaining('PROMOTE MODELS'),
    ])
  })

  test('lists and sends the files of a version', async () => {
    const list = await files('GET', 'directories', VERSION)
    expect(list.json().contents).toMatchObject([
      { path: `${VERSION}/MLmodel`, name: 'MLmodel', is_directory: false, file_size: 11 },
      { path: `${VERSION}/data`, name: 'data', is_directory: true },
    ])
    expect((await files('HEAD', 'directories', `${VERSION}/data`)).statusCode).toBe(200)
    expect((await files('HEAD', 'directories', `${VERSION}/MLmodel`)).statusCode).toBe(404)
    expect((await files('GET', 'files', `${VERSION}/MLmodel`)).body).toBe('flavors: {}')
    expect((await files('GET', 'files', `${VERSION}/absent`)).statusCode).toBe(404)
  })

  test('an upload must equal the file of the source', async () => {
    const put = async (path: string, payload: Buffer) => {
      const { statusCode, body } = await files('PUT', 'files', `${VERSION}/${path}?overwrite=true`, {
        payload,
      })
      return { status: statusCode, error: body && JSON.parse(body) }
    }
    expect((await put('MLmodel', Buffer.from('flavors: {}'))).status).toBe(204)
    expect((await put('data/weights.bin', Buffer.from([0, 1, 2]))).status).toBe(204)
    const changed = await put('MLmodel', Buffer.from('flavors: []'))
    expect(changed).toMatchObject({
      status: 409,
      error: { message: expect.stringContaining('differs from') },
    })
    const longer = await put('MLmodel', Buffer.from('flavors: {} # and more'))
    expect(longer).toMatchObject({
      status: 409,
      error: { error_code: 'RESOURCE_CONFLICT', message: expect.stringContaining('which has 11 bytes') },
    })
    const added = await put('extra.txt', Buffer.from('x'))
    expect(added).toMatchObject({
      status: 409,
      error: { message: expect.stringContaining('is not a file of') },
    })
    expect((await files('GET', 'files', `${VERSION}/MLmodel`)).body).toBe('flavors: {}')
  })

  test('an upload of unknown length is refused when it is longer than the file of the source', async () => {
    await served.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = served.app.server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/api/2.0/fs/files${VERSION}/MLmodel`
    const put = (...parts: string[]) =>
      fetch(url, { method: 'PUT', body: streamOf(parts), duplex: 'half' } as RequestInit)
    expect((await put('flavors', ': {}')).status).toBe(204)
    const longer = await put('flavors: {}', ' # and more')
    expect([longer.status, await longer.json()]).toEqual([
      409,
      { error_code: 'RESOURCE_CONFLICT', message: expect.stringContaining('which has 11 bytes') },
    ])
  })

  test.each([
    ['/Models/main/recs/movies', 400],
    ['/Models/main/recs/movies/x/MLmodel', 400],
    ['/Models/main/recs/movies/1/../../../2/MLmodel', 400],
    ['/Models/main/recs/movies/1/%2e%2e/%2e%2e/secret', 400],
    ['/Models/main.recs/recs/movies/1/MLmodel', 400],
    ['/Models/main/recs/none/1/MLmodel', 404],
    ['/Models/main/recs/movies/9/MLmodel', 404],
  ] as const)('answers %s with %i', async (path, status) => {
    expect((await files('GET', 'files', path)).statusCode).toBe(status)
  })

  test('files need the rights on the model and on its artifacts', async () => {
    const headers = await headersOf('reader', name, 'READ MODELS')
    expect((await files('GET', 'files', `${VERSION}/MLmodel`, { headers })).statusCode).toBe(403)
    expect(
      (await files('PUT', 'files', `${VERSION}/MLmodel`, { headers, payload: Buffer.from('x') })).statusCode,
    ).toBe(403)
  })

  async function headersOf(user: string, model: string, ...add: Privilege[]) {
    const { identities, securables, grants, tokens } = served.context
    const { id } = await identities.create('user', user)
    const securable = (await securables.findByName('registered_model', model))!
    await grants.change(securable, [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
    return { authorization: `Bearer ${(await tokens.issue(id, 'test')).secret}` }
  }
})

const streamOf = (parts: readonly string[]) =>
  new ReadableStream<Uint8Array>({
    start(stream) {
      for (const part of parts) stream.enqueue(Buffer.from(part))
      stream.close()
    },
  })
