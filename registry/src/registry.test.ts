import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { databases } from '@cairn/platform/testing/databases'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DELETED, type RegistrySchema } from './schema.js'
import { type RegistryApp, registryApp } from './testing/registry-app.js'

describe.each(databases)('the registry on %s', (_name, database) => {
  let served: RegistryApp
  beforeEach(async () => {
    served = await registryApp(database)
  })
  afterEach(() => served.close())

  const call: RegistryApp['call'] = (...request) => served.call(...request)
  const version = (source = 's3://bucket/model', more = {}) =>
    call('POST', 'model-versions/create', { name: 'm', source, ...more })

  test('creates models with unique names that are not paths', async () => {
    const created = await call('POST', 'registered-models/create', {
      name: 'm',
      description: 'd',
      tags: [{ key: 'a', value: 'b' }],
    })
    expect(created.registered_model).toMatchObject({
      name: 'm',
      description: 'd',
      tags: [{ key: 'a', value: 'b' }],
    })
    expect(await call('POST', 'registered-models/create', { name: 'm' })).toMatchObject({
      status: 400,
      error_code: 'RESOURCE_ALREADY_EXISTS',
      message: 'Registered Model (name=m) already exists.',
    })
    for (const name of ['a/b', 'a:b', '..', '  ', ''])
      expect(await call('POST', 'registered-models/create', { name })).toMatchObject({
        status: 400,
        error_code: 'INVALID_PARAMETER_VALUE',
      })
  })

  test('numbers versions from 1 and never reuses a number', async () => {
    await call('POST', 'registered-models/create', { name: 'm' })
    const created = await Promise.all(Array.from({ length: 8 }, () => version()))
    expect(created.map(({ model_version }) => Number(model_version.version)).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ])
    await call('DELETE', 'model-versions/delete', { name: 'm', version: '8' })
    expect(await call('GET', 'model-versions/get', { name: 'm', version: '8' })).toMatchObject({
      status: 404,
      message: 'Model Version (name=m, version=8) not found',
    })
    expect((await version()).model_version).toMatchObject({
      version: '9',
      current_stage: 'None',
      description: '',
      run_id: '',
      run_link: '',
      status: 'READY',
    })
  })

  test.each([
    '/etc/passwd',
    'file:///etc',
    'mlflow-artifacts:/../x',
    'mlflow-artifacts:/%2e%2e/x',
    's3://b/%252e%252e/x',
    's3://b/100%/%2e%2e/x',
    `s3://b/%${'25'.repeat(40)}2e./x`,
    'models:/m',
    'models:/m/99',
  ])('rejects the source %s', async (source) => {
    await call('POST', 'registered-models/create', { name: 'm' })
    const { status } = await version(source)
    expect([400, 404]).toContain(status)
  })

  test('reports whether a model or a prompt has the name', async () => {
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]
    await call('POST', 'registered-models/create', { name: 'm' })
    await call('POST', 'registered-models/create', { name: 'p', tags })
    const conflict = async (input: Record<string, unknown>) =>
      (await call('POST', 'registered-models/create', input)).message
    expect(await conflict({ name: 'p', tags })).toBe('Prompt (name=p) already exists.')
    expect(await conflict({ name: 'p' })).toMatch(
      /^Tried to create a registered model with name 'p'.*by a prompt\./,
    )
    expect(await conflict({ name: 'm', tags })).toMatch(
      /^Tried to create a prompt with.*by a registered model\./,
    )
  })

  test('accepts only placeholders as the source of a prompt', async () => {
    await call('POST', 'registered-models/create', { name: 'm' })
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]
    for (const source of ['prompt-template', 'dummy-source'])
      expect(await version(source, { tags })).toMatchObject({ status: 200, model_version: { source } })
    for (const source of ['/etc/passwd', 'etc/passwd', 's3://bucket/model'])
      expect(await version(source, { tags })).toMatchObject({
        status: 400,
        message: expect.stringContaining('Invalid prompt source'),
      })
    expect((await version('dummy-source')).status).toBe(400)
    const untrue = [...tags, { key: 'mlflow.prompt.is_prompt', value: 'false' }]
    expect((await version('dummy-source', { tags: untrue })).status).toBe(400)
  })

  test('rejects a prompt text that is too long', async () => {
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]
    await call('POST', 'registered-models/create', { name: 'p', tags })
    const text = { key: 'mlflow.prompt.text', value: 'x'.repeat(100_001) }
    const rejection = { status: 400, message: 'Prompt text exceeds max length of 100000 characters.' }
    expect(await version('prompt-template', { name: 'p', tags: [...tags, text] })).toMatchObject(rejection)
    await version('prompt-template', { name: 'p', tags })
    const key = { name: 'p', version: '1' }
    expect(await call('POST', 'model-versions/set-tag', { ...key, ...text })).toMatchObject(rejection)
    expect(await call('POST', 'model-versions/set-tag', { ...key, ...text, key: 'note' })).toMatchObject({
      status: 400,
      message: "'value' exceeds the maximum length of 100000 characters",
    })
  })

  test.each(['a$', '../a', 'a//b'])('rejects the tag key %s', async (key) => {
    const tag = { key, value: 'x' }
    await call('POST', 'registered-models/create', { name: 'm' })
    await version()
    for (const response of [
      await call('POST', 'registered-models/create', { name: 'n', tags: [tag] }),
      await call('POST', 'registered-models/set-tag', { name: 'm', ...tag }),
      await version('s3://bucket/model', { tags: [tag] }),
      await call('POST', 'model-versions/set-tag', { name: 'm', version: '1', ...tag }),
    ])
      expect(response).toMatchObject({
        status: 400,
        message: expect.stringContaining(`Invalid value "${key}" for parameter 'key' supplied: Names may`),
      })
  })

  test('resolves models:/ sources to the files', async () => {
    await call('POST', 'registered-models/create', { name: 'm' })
    await version('s3://bucket/one')
    expect((await version('models:/m/1')).model_version.source).toBe('models:/m/1')
    expect(
      (await call('GET', 'model-versions/get-download-uri', { name: 'm', version: '2' })).artifact_uri,
    ).toBe('s3://bucket/one')
    expect(await version('models:/100%/1')).toMatchObject({
      status: 404,
      message: expect.stringContaining('name=100%'),
    })
  })

  test('moves a version to a stage and archives the others', async () => {
    await call('POST', 'registered-models/create', { name: 'm' })
    await version()
    await version()
    const move = (v: string, stage: string, archive?: unknown) =>
      call('POST', 'model-versions/transition-stage', {
        name: 'm',
        version: v,
        stage,
        archive_existing_versions: archive,
      })
    expect((await move('1', 'production', 'FALSE')).model_version.current_stage).toBe('Production')
    expect((await move('2', 'Production', true)).model_version.current_stage).toBe('Production')
    const latest = await call('GET', 'registered-models/get-latest-versions', { name: 'm' })
    expect(
      latest.model_versions.map((one: { version: string; current_stage: string }) => [
        one.version,
        one.current_stage,
      ]),
    ).toEqual([
      ['1', 'Archived'],
      ['2', 'Production'],
    ])
    expect(await move('1', 'None', true)).toMatchObject({
      status: 400,
      message: expect.stringMatching(/not an Active stage/),
    })
    expect(await move('1', 'foo')).toMatchObject({
      status: 400,
      message: 'Invalid Model Version stage: foo. Value must be one of None, Staging, Production, Archived.',
    })
  })

  test('assigns case-sensitive aliases, deleted with their version', async () => {
    await call('POST', 'registered-models/create', { name: 'm' })
    await version()
    await version()
    await call('POST', 'registered-models/alias', { name: 'm', alias: 'Champ', version: '1' })
    await call('POST', 'registered-models/alias', { name: 'm', alias: 'Champ', version: '2' })
    expect(
      (await call('GET', 'registered-models/alias', { name: 'm', alias: 'Champ' })).model_version,
    ).toMatchObject({ version: '2', aliases: ['Champ'] })
    expect(await call('GET', 'registered-models/alias', { name: 'm', alias: 'champ' })).toMatchObject({
      status: 400,
      message: 'Registered model alias champ not found.',
    })
    expect((await call('GET', 'registered-models/get', { name: 'm' })).registered_model.aliases).toEqual([
      { alias: 'Champ', version: '2' },
    ])
    expect(
      (await call('GET', 'registered-models/alias', { name: 'm', alias: 'LATEST' })).model_version.version,
    ).toBe('2')
    await call('DELETE', 'model-versions/delete', { name: 'm', version: '2' })
    expect((await call('GET', 'registered-models/alias', { name: 'm', alias: 'Champ' })).status).toBe(400)
    await call('POST', 'registered-models/alias', { name: 'm', alias: 'größte-1_ä', version: '1' })
    expect(
      (await call('GET', 'registered-models/alias', { name: 'm', alias: 'größte-1_ä' })).model_version
        .version,
    ).toBe('1')
    for (const alias of ['latest', 'v1', 'a.b', 'a b', 'a'.repeat(256)])
      expect((await call('POST', 'registered-models/alias', { name: 'm', alias, version: '1' })).status).toBe(
        400,
      )
    for (const method of ['GET', 'DELETE'] as const)
      expect(await call(method, 'registered-models/alias', { name: 'm', alias: 'a b' })).toMatchObject({
        status: 400,
        message: expect.stringContaining("Invalid alias name: 'a b'."),
      })
  })

  test('has no latest version of a model without versions', async () => {
    await call('POST', 'registered-models/create', { name: 'm' })
    expect(await call('GET', 'registered-models/alias', { name: 'm', alias: 'Latest' })).toMatchObject({
      status: 404,
      message: 'Latest version not found for model m.',
    })
    expect(await call('GET', 'registered-models/get-latest-versions', { name: 'm' })).toEqual({ status: 200 })
  })

  test('keeps versions, tags and aliases of a renamed model', async () => {
    await call('POST', 'registered-models/create', { name: 'm', tags: [{ key: 'a', value: 'b' }] })
    await version('s3://b/x', { tags: [{ key: 't', value: '1' }] })
    await call('POST', 'registered-models/alias', { name: 'm', alias: 'A', version: '1' })
    const renamed = await call('POST', 'registered-models/rename', { name: 'm', new_name: 'n' })
    expect(renamed.registered_model).toMatchObject({
      name: 'n',
      aliases: [{ alias: 'A', version: '1' }],
      tags: [{ key: 'a', value: 'b' }],
      latest_versions: [{ name: 'n', tags: [{ key: 't', value: '1' }] }],
    })
    expect((await call('GET', 'registered-models/get', { name: 'm' })).status).toBe(404)
  })

  test('moves a gated alias only through the gate, which records forced promotions', async () => {
    await call('POST', 'registered-models/create', {
      name: 'm',
      tags: [{ key: 'cairn.gated_alias', value: 'champion' }],
    })
    await version()
    expect(
      await call('POST', 'registered-models/alias', { name: 'm', alias: 'champion', version: '1' }),
    ).toMatchObject({ status: 400, message: expect.stringMatching(/moves only through its gate/) })
    const promote = (more = {}) =>
      call('POST', '/api/cairn/v1/registered-models/m/promotions', { version: '1', ...more })
    expect((await promote()).promotion).toMatchObject({
      verdict: 'failed',
      decided_by: 'owner',
      checks: [{ name: 'evaluated', passed: false }, { name: 'no_leak' }, { name: 'champion' }],
    })
    expect((await call('GET', 'registered-models/alias', { name: 'm', alias: 'champion' })).status).toBe(400)
    expect((await promote({ force: true, reason: 'demo' })).promotion).toMatchObject({
      verdict: 'forced',
      reason: 'demo',
      decided_by: 'owner',
    })
    expect(
      (await call('GET', 'registered-models/alias', { name: 'm', alias: 'champion' })).model_version.version,
    ).toBe('1')
    const { promotions } = await call('GET', '/api/cairn/v1/registered-models/m/promotions')
    expect(promotions.map((one: { verdict: string }) => one.verdict).sort()).toEqual(['failed', 'forced'])
  })

  test('fails the gate for a version without its run, unless forced', async () => {
    await call('POST', 'registered-models/create', { name: 'm' })
    await version('s3://bucket/model', { run_id: 'f'.repeat(32) })
    const promote = (more = {}) =>
      call('POST', '/api/cairn/v1/registered-models/m/promotions', { version: '1', ...more })
    expect((await promote()).promotion).toMatchObject({
      verdict: 'failed',
      checks: [{ name: 'evaluated', passed: false }, { name: 'no_leak' }, { name: 'champion' }],
    })
    expect((await promote({ force: true })).promotion.verdict).toBe('forced')
  })

  test('requires PROMOTE MODELS to remove a gate or the version of its alias', async () => {
    const tags = [{ key: 'cairn.gated_alias', value: 'champion' }]
    await call('POST', 'registered-models/create', { name: 'm', tags })
    const { identities, grants, authorizer, tokens } = served.context
    const { id } = await identities.create('user', 'editor')
    const [metastore] = authorizer.metastore
    await grants.change(metastore, [{ principal_id: id, add: ['EDIT MODELS'], remove: [] }], LOCAL_OWNER)
    const { secret } = await tokens.issue(id, 'test')
    const headers = { authorization: `Bearer ${secret}` }
    const as = (method: 'POST' | 'DELETE', path: string, payload: object) =>
      served.app.inject({ method, url: `/api/2.0/mlflow/${path}`, payload, headers })
    const edit = (method: 'POST' | 'DELETE', path: string, payload: object) =>
      as(method, `registered-models/${path}`, payload)
    const gate = { name: 'm', key: 'cairn.gated_alias' }
    expect((await edit('DELETE', 'delete-tag', gate)).json().message).toContain('PROMOTE MODELS')
    expect((await edit('POST', 'set-tag', { ...gate, value: 'other' })).statusCode).toBe(403)
    await version()
    await version()
    await call('POST', '/api/cairn/v1/registered-models/m/promotions', {
      version: '1',
      force: true,
      reason: 'x',
    })
    const drop = (number: string) => as('DELETE', 'model-versions/delete', { name: 'm', version: number })
    expect([(await drop('1')).statusCode, (await drop('2')).statusCode]).toEqual([403, 200])
    expect((await edit('DELETE', 'alias', { name: 'm', alias: 'champion' })).statusCode).toBe(403)
    expect((await edit('DELETE', 'alias', { name: 'm', alias: 'other' })).statusCode).toBe(200)
    expect((await edit('POST', 'set-tag', { name: 'm', key: 'k', value: 'v' })).statusCode).toBe(200)
    expect((await edit('POST', 'rename', { name: 'm', new_name: 'n' })).statusCode).toBe(403)
    expect((await edit('DELETE', 'delete', { name: 'm' })).statusCode).toBe(403)
    expect((await call('DELETE', 'registered-models/delete-tag', gate)).status).toBe(200)
    expect((await edit('POST', 'rename', { name: 'm', new_name: 'n' })).statusCode).toBe(200)
    expect((await edit('DELETE', 'delete', { name: 'n' })).statusCode).toBe(200)
  })

  test('concurrent changes leave no alias of a deleted version, and one version in a stage', async () => {
    await call('POST', 'registered-models/create', { name: 'm' })
    for (let round = 0; round < 10; round++) {
      const [one, other] = [(await version()).model_version.version, (await version()).model_version.version]
      await Promise.all([
        call('DELETE', 'model-versions/delete', { name: 'm', version: one }),
        call('POST', 'registered-models/alias', { name: 'm', alias: `a${round}`, version: one }),
        call('POST', 'model-versions/set-tag', { name: 'm', version: one, key: 'a', value: 'b' }),
      ])
      const stage = { name: 'm', stage: 'Production', archive_existing_versions: true }
      await Promise.all([
        call('POST', 'model-versions/transition-stage', { ...stage, version: other }),
        call('POST', 'model-versions/transition-stage', {
          ...stage,
          version: (await version()).model_version.version,
        }),
      ])
    }
    const rows = async (query: string) =>
      (await sql.raw(query).execute(served.context.db.for<RegistrySchema>().read)).rows
    for (const table of ['registered_model_aliases', 'model_version_tags'])
      expect(
        await rows(`select * from ${table} as own inner join model_versions as v
          on v.name = own.name and v.version = own.version where v.current_stage = '${DELETED}'`),
      ).toEqual([])
    expect(await rows("select version from model_versions where current_stage = 'Production'")).toHaveLength(
      1,
    )
  })
})
