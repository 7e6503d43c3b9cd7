import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

describe.each(databases)('saved views of runs on %s', (_name, database) => {
  let tracked: TrackingApp
  let reader: string
  let editor: string
  let other: string
  beforeAll(async () => {
    tracked = await trackingApp(database)
    reader = await person('reader', 'READ EXPERIMENTS')
    editor = await person('editor', 'EDIT EXPERIMENTS', 'READ EXPERIMENTS')
    other = await person('other', 'READ EXPERIMENTS')
  })
  afterAll(() => tracked.close())

  async function person(name: string, ...add: Privilege[]): Promise<string> {
    const { identities, tokens, grants } = tracked.context
    const { id } = await identities.create('service_principal', name)
    await grants.change(METASTORE[0], [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
    return (await tokens.issue(id, 'test')).secret
  }
  const send = async (token: string, method: Method, path: string, body: object = {}) => {
    const response = await tracked.app.inject({
      method,
      url: `/api/cairn/v1/${path}`,
      headers: { authorization: `Bearer ${token}` },
      ...(method !== 'GET' && { payload: { experiment_id: '0', ...body } }),
    })
    return { status: response.statusCode, body: response.json() }
  }
  const save = async (token: string, body: object, path = 'run-views') =>
    (await send(token, 'POST', path, { state: 'filter=x', ...body })).body.view
  const list = async (token: string, experiment = '0') =>
    (await send(token, 'GET', `run-views?experiment_id=${experiment}`)).body.views
  const namesOf = async (token: string) => (await list(token)).map(({ name }: { name: string }) => name)

  test('of one reader are seen, changed and deleted by nobody else', async () => {
    const view = await save(reader, { name: 'mine' })
    expect(view).toMatchObject({ name: 'mine', team: false, is_default: false, created_by: 'reader' })
    expect(await namesOf(reader)).toContain('mine')
    expect(await namesOf(other)).not.toContain('mine')
    for (const method of ['PATCH', 'DELETE'] as const)
      for (const path of [`run-views/${view.view_id}`, `team-run-views/${view.view_id}`])
        expect((await send(editor, method, path, { name: 'x' })).status).toBe(404)
    const renamed = await send(reader, 'PATCH', `run-views/${view.view_id}`, { name: 'renamed' })
    expect(renamed.body.view).toMatchObject({ name: 'renamed', state: 'filter=x' })
    expect((await send(reader, 'DELETE', `run-views/${view.view_id}`)).status).toBe(200)
    expect(await namesOf(reader)).not.toContain('renamed')
  })

  test('of the team are seen by readers, and changed by editors only', async () => {
    expect((await send(reader, 'POST', 'team-run-views', { name: 't', state: '' })).status).toBe(403)
    const view = await save(editor, { name: 'team' }, 'team-run-views')
    expect((await list(reader)).find(({ name }: { name: string }) => name === 'team')).toEqual(view)
    for (const method of ['PATCH', 'DELETE'] as const) {
      expect((await send(reader, method, `team-run-views/${view.view_id}`)).status).toBe(403)
      expect((await send(reader, method, `run-views/${view.view_id}`)).status).toBe(404)
    }
    expect((await send(editor, 'DELETE', `team-run-views/${view.view_id}`)).status).toBe(200)
  })

  test('have one default for each owner and experiment', async () => {
    const first = await save(reader, { name: 'first', is_default: true })
    await save(reader, { name: 'second', is_default: true })
    const defaults = async (token: string) =>
      (await list(token))
        .filter((one: { is_default: boolean }) => one.is_default)
        .map((one: { name: string }) => one.name)
    expect(await defaults(reader)).toEqual(['second'])
    await send(reader, 'PATCH', `run-views/${first.view_id}`, { is_default: true })
    await save(editor, { name: 'of all', is_default: true }, 'team-run-views')
    expect(await defaults(reader)).toEqual(['first', 'of all'])
    expect(await defaults(other)).toEqual(['of all'])
  })

  test('have unique names, and belong to an existing experiment', async () => {
    await save(other, { name: 'same' })
    const again = await send(other, 'POST', 'run-views', { name: 'same', state: '' })
    expect(again).toMatchObject({ status: 400, body: { error_code: 'RESOURCE_ALREADY_EXISTS' } })
    expect((await save(reader, { name: 'same' })).name).toBe('same')
    const { view_id } = await save(other, { name: 'another' })
    expect((await send(other, 'PATCH', `run-views/${view_id}`, { name: 'same' })).status).toBe(400)
    expect((await send(other, 'POST', 'run-views', { name: '', state: '' })).body.message).toContain('name')
    const experiment_id = await tracked.createExperiment('elsewhere')
    expect((await send(other, 'DELETE', `run-views/${view_id}`, { experiment_id })).status).toBe(404)
    expect(await list(other, experiment_id)).toEqual([])
  })

  test('are limited to 200 for each owner and experiment', async () => {
    const at = { experiment_id: await tracked.createExperiment('full'), state: '' }
    for (let i = 0; i < 200; i++) await save(reader, { ...at, name: `v${i}` })
    const refused = await send(reader, 'POST', 'run-views', { ...at, name: 'more' })
    expect(refused).toMatchObject({ status: 429, body: { error_code: 'RESOURCE_EXHAUSTED' } })
  })
})
