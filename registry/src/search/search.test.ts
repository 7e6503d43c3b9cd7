import { databases } from '@cairn/platform/testing/databases'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RegistrySchema } from '../schema.js'
import { type RegistryApp, registryApp } from '../testing/registry-app.js'

describe.each(databases)('searches of the registry on %s', (_name, database) => {
  let served: RegistryApp
  beforeEach(async () => {
    served = await registryApp(database)
  })
  afterEach(() => served.close())

  const call: RegistryApp['call'] = (...request) => served.call(...request)
  const version = (source = 's3://bucket/model', more = {}) =>
    call('POST', 'model-versions/create', { name: 'm', source, ...more })

  test('filter, order and page models, and hide prompts unless the filter selects them', async () => {
    for (const name of ['alpha', 'beta', 'gamma']) await call('POST', 'registered-models/create', { name })
    await call('POST', 'registered-models/create', {
      name: 'prompt',
      tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }],
    })
    const names = async (input: Record<string, unknown>) => {
      const page = await call('GET', 'registered-models/search', input)
      return [page.registered_models?.map((one: { name: string }) => one.name), page.next_page_token] as const
    }
    expect((await names({}))[0]).toEqual(['alpha', 'beta', 'gamma'])
    expect((await names({ filter: "name ILIKE '%A%' ", order_by: ['name DESC'] }))[0]).toEqual([
      'gamma',
      'beta',
      'alpha',
    ])
    expect((await names({ filter: "tags.`mlflow.prompt.is_prompt` = 'true'" }))[0]).toEqual(['prompt'])
    const models = ['alpha', 'beta', 'gamma']
    expect((await names({ filter: "tag.`mlflow.prompt.is_prompt` != 'true'" }))[0]).toEqual(models)
    expect(
      (await names({ filter: "name LIKE '%t%' AND tag.`mlflow.prompt.is_prompt` = 'false'" }))[0],
    ).toEqual(['beta'])
    const [first, token] = await names({ max_results: 2 })
    const [second, end] = await names({ max_results: 2, page_token: token })
    expect([first, second, end]).toEqual([['alpha', 'beta'], ['gamma'], undefined])
    expect(await call('GET', 'registered-models/search', { filter: "foo = 'x'" })).toMatchObject({
      status: 400,
      message: "Invalid attribute key 'foo' specified. Valid keys are '{'name'}'",
    })
    expect((await call('GET', 'registered-models/search', { max_results: 1001 })).status).toBe(400)
    expect((await call('GET', 'registered-models/search', { page_token: 'bm9uc2Vuc2U' })).status).toBe(400)
  })

  test('find versions by their fields and tags', async () => {
    await call('POST', 'registered-models/create', { name: 'm' })
    for (const n of [1, 2, 3])
      await version(`s3://b/${n}`, { run_id: `run${n}`, tags: [{ key: 'n', value: String(n) }] })
    const found = async (input: Record<string, unknown>) =>
      (await call('GET', 'model-versions/search', input)).model_versions?.map(
        (one: { version: string }) => one.version,
      )
    expect(await found({ filter: "name='m'", order_by: ['version_number ASC'] })).toEqual(['1', '2', '3'])
    expect(
      await found({
        filter: 'version_number > 1 AND version_number <= 3',
        order_by: ['version_number DESC'],
      }),
    ).toEqual(['3', '2'])
    expect(await found({ filter: "run_id IN ('run1','run3')", order_by: ['version_number ASC'] })).toEqual([
      '1',
      '3',
    ])
    expect(await found({ filter: "source_path = 's3://b/2'" })).toEqual(['2'])
    expect(await found({ filter: "version_number = '2'" })).toEqual(['2'])
    expect(await found({ filter: "version_number = 'two'" })).toBe(undefined)
    expect(await found({ filter: "tags.n != '2'", order_by: ['version_number ASC'] })).toEqual(['1', '3'])
  })

  test('hide versions of prompts unless the filter selects them', async () => {
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]
    await call('POST', 'registered-models/create', { name: 'm' })
    await call('POST', 'registered-models/create', { name: 'p', tags })
    await version('s3://b/1')
    await version('prompt-template', { name: 'p', tags })
    await version('s3://b/2', { name: 'p' })
    const found = async (filter = '') =>
      (await call('GET', 'model-versions/search', { filter })).model_versions?.map(
        (one: { name: string }) => one.name,
      )
    expect(await found()).toEqual(['m'])
    expect(await found("name = 'p'")).toEqual([])
    for (const comparison of ["= 'true'", "!= 'false'"])
      expect(await found(`tags.\`mlflow.prompt.is_prompt\` ${comparison}`)).toEqual(['p'])
    for (const comparison of ["= 'false'", "!= 'true'"])
      expect(await found(`tags.\`mlflow.prompt.is_prompt\` ${comparison}`)).toEqual(['m'])
  })

  test('order versions with equal keys by name', async () => {
    for (const name of ['b', 'a']) {
      await call('POST', 'registered-models/create', { name })
      for (const n of [1, 2]) await version(`s3://b/${n}`, { name })
    }
    const { model_versions } = await call('GET', 'model-versions/search', {
      order_by: ['version_number DESC'],
    })
    const order = model_versions.map((one: Record<string, string>) => `${one.name}${one.version}`)
    expect(order).toEqual(['a2', 'b2', 'a1', 'b1'])
  })

  test('find versions of more models than a statement has parameters, without blocking the event loop', async () => {
    const db = served.context.db.for<RegistrySchema>()
    await call('POST', 'registered-models/create', { name: 'm' })
    await version('s3://bucket/model', { tags: [{ key: 'a', value: 'b' }] })
    await call('POST', 'registered-models/alias', { name: 'm', alias: 'best', version: '1' })
    await db.transaction(async (tx) => {
      const rows = Array.from({ length: 33_000 }, (_, i) => ({ name: `n${i}` }))
      const names = sql`${db.dialect.rows(rows, { name: 'text' })} as names`
      await sql`insert into registered_models (name, creation_timestamp, last_updated_timestamp)
        select name, 1, 1 from ${names}`.execute(tx)
      await sql`insert into model_versions (name, version, creation_timestamp, last_updated_timestamp, current_stage,
        description, source, storage_location, run_id, run_link, position)
        select name, 1, 1, 1, 'None', '', '', '', '', '', 1 + row_number() over () from ${names}`.execute(tx)
    })
    let turns = 0
    let searching = true
    const count = () => {
      turns++
      if (searching) setImmediate(count)
    }
    count()
    const { model_versions } = await call('GET', 'model-versions/search')
    searching = false
    expect(turns).toBeGreaterThan(100)
    expect(model_versions).toHaveLength(33_001)
    expect(model_versions[0]).toMatchObject({ tags: [{ key: 'a', value: 'b' }], aliases: ['best'] })
  })
})
