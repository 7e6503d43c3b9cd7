import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { enterSecurable } from '@cairn/platform/auth/securables'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { databases } from '@cairn/platform/testing/databases'
import { type SqlBool, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WorkspaceSchema } from '../schema.js'
import { type WorkspaceApp, workspaceApp } from '../testing/workspace-app.js'
import { ReportStore } from './store.js'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

describe.each(databases)('reports on %s', (_name, database) => {
  let served: WorkspaceApp
  beforeAll(async () => {
    served = await workspaceApp(database)
    for (const id of ['1', '2'])
      await served.context.db.for<WorkspaceSchema>().transaction((tx) =>
        enterSecurable(tx, {
          type: 'experiment',
          id,
          name: `e${id}`,
          owner: LOCAL_OWNER.id,
          created_at: 1,
        }),
      )
    await grant('ann', '1', 'READ EXPERIMENTS', 'EDIT EXPERIMENTS')
    await grant('bob', '1', 'READ EXPERIMENTS')
    await grant('cid', '1', 'READ EXPERIMENTS', 'EDIT EXPERIMENTS')
  })
  afterAll(() => served.close())

  async function grant(person: string, experiment: string, ...add: Privilege[]) {
    await served.token(person)
    const { id } = await served.context.identities.get(person)
    const securable = { type: 'experiment', id: experiment, name: '', owner: '' } as const
    await served.context.grants.change(securable, [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
  }
  async function send(person: string, method: Method, path = '', payload?: object) {
    const answer = await served.app.inject({
      ...{ method, url: `/api/cairn/v1/reports${path}` },
      headers: { authorization: `Bearer ${await served.token(person)}` },
      ...(payload && { payload }),
    })
    const { message = '', ...body } = answer.json()
    return { status: answer.statusCode, message: message as string, ...body }
  }
  const create = async (person: string, input: object) => (await send(person, 'POST', '', input)).report
  const titles = async (person: string, query = '') =>
    (await send(person, 'GET', query)).reports.map(({ title }: { title: string }) => title)

  test('a report is its owner’s until it is shared with the readers of one of its experiments', async () => {
    const { report_id } = await create('ann', { title: 'Weekly', content: '# Hi', experiment_ids: ['1'] })
    expect(await send('bob', 'GET', `/${report_id}`)).toMatchObject({ status: 404 })
    expect(await send('ann', 'PATCH', `/${report_id}`, { shared: true })).toMatchObject({
      report: { version: 1, shared: true, owner: 'ann', may_edit: true, may_manage: true },
    })
    expect(await send('bob', 'GET', `/${report_id}`)).toMatchObject({
      report: { title: 'Weekly', content: '# Hi', may_edit: false, may_manage: false },
    })
    expect(await send('eve', 'GET', `/${report_id}`)).toMatchObject({ status: 404 })
    for (const path of [`/${report_id}/versions`, `/${report_id}`])
      expect((await send('eve', 'GET', path)).status).toBe(404)
    expect(await titles('bob')).toContain('Weekly')
    expect(await titles('eve')).toEqual([])
  })

  test('who may edit all of its experiments may edit a shared report, but neither share nor delete it', async () => {
    const made = { title: 'Team', content: 'a', experiment_ids: ['1'], shared: true }
    const path = `/${(await create('ann', made)).report_id}`
    expect(await send('bob', 'PATCH', path, { content: 'b' })).toMatchObject({ status: 403 })
    expect(await send('cid', 'PATCH', path, { content: 'b' })).toMatchObject({
      report: { version: 2, content: 'b', updated_by: 'cid', owner: 'ann' },
    })
    const editable = async (person: string) => (await titles(person, '?editable=true')).includes('Team')
    expect([await editable('ann'), await editable('cid'), await editable('bob')]).toEqual([true, true, false])
    for (const change of [{ shared: false }, { experiment_ids: [] }, { experiment_ids: ['1', '3'] }])
      expect(await send('cid', 'PATCH', path, change)).toMatchObject({ status: 403 })
    expect(await send('cid', 'DELETE', path)).toMatchObject({ status: 403 })
    expect(await send('ann', 'DELETE', path)).toMatchObject({ status: 200 })
    expect(await send('ann', 'GET', path)).toMatchObject({ status: 404 })
  })

  test('an update does not share a report with everybody unless it says so', async () => {
    const made = { title: 'Narrow', content: 'a', experiment_ids: ['1'], shared: true }
    const path = `/${(await create('ann', made)).report_id}`
    expect(await send('ann', 'PATCH', path, { content: 'b', experiment_ids: [] })).toMatchObject({
      ...{ status: 400, message: expect.stringContaining('everybody') },
    })
    expect(await send('eve', 'GET', path)).toMatchObject({ status: 404 })
    expect(await send('ann', 'PATCH', path, { experiment_ids: [], shared: true })).toMatchObject({
      report: { experiment_ids: [] },
    })
    expect(await send('eve', 'GET', path)).toMatchObject({ status: 200 })
    await send('ann', 'DELETE', path)
  })

  test('only editors read earlier versions', async () => {
    const made = { title: 'Old', content: 'secret', experiment_ids: ['1'], shared: true }
    const path = `/${(await create('ann', made)).report_id}`
    await send('ann', 'PATCH', path, { content: 'public' })
    for (const earlier of [`${path}?version=1`, `${path}/versions`]) {
      expect(await send('bob', 'GET', earlier)).toMatchObject({ status: 403 })
      expect(await send('cid', 'GET', earlier)).toMatchObject({ status: 200 })
    }
    expect(await send('bob', 'GET', `${path}?version=2`)).toMatchObject({ report: { content: 'public' } })
  })

  test('refuses a save that was decided before its readers changed', async () => {
    const { report_id } = await create('ann', { title: 'Race', experiment_ids: ['1'], shared: true })
    const store = new ReportStore(served.context.db.for<WorkspaceSchema>(), () => 1)
    const before = await store.get(report_id, sql<SqlBool>`1 = 1`)
    const after = { ...before, content: 'late' }
    await send('ann', 'PATCH', `/${report_id}`, { shared: false })
    await expect(store.update(before, after, LOCAL_OWNER)).rejects.toThrow('Another version')
    await send('ann', 'PATCH', `/${report_id}`, { shared: true, experiment_ids: [] })
    await expect(store.update(before, after, LOCAL_OWNER)).rejects.toThrow('Another version')
    expect(await send('ann', 'GET', `/${report_id}`)).toMatchObject({ report: { content: '' } })
    await send('ann', 'DELETE', `/${report_id}`)
  })

  test('keeps versions, refuses to overwrite one that was not read, and keeps the last 50', async () => {
    const path = `/${(await create('ann', { title: 'History', content: '1' })).report_id}`
    await send('ann', 'PATCH', path, { content: '2', base_version: 1 })
    expect(await send('ann', 'PATCH', path, { content: '3', base_version: 1 })).toMatchObject({
      ...{ status: 409, error_code: 'RESOURCE_CONFLICT' },
    })
    expect(await send('ann', 'GET', `${path}?version=1`)).toMatchObject({
      report: { version: 1, content: '1' },
    })
    expect(await send('ann', 'GET', `${path}?version=9`)).toMatchObject({ status: 404 })
    for (let i = 3; i <= 51; i++) await send('ann', 'PATCH', path, { content: String(i) })
    const { versions } = await send('ann', 'GET', `${path}/versions`)
    expect(versions.map(({ version }: { version: number }) => version)).toEqual(
      Array.from({ length: 50 }, (_, i) => 51 - i),
    )
  })

  test('lists pages, the last changed first, and finds a part of the title', async () => {
    for (const title of ['100% alpha', 'beta', 'Alpha_2']) await create('dan', { title })
    expect(await titles('dan')).toHaveLength(3)
    expect((await titles('dan', '?search=ALPHA')).sort()).toEqual(['100% alpha', 'Alpha_2'])
    expect(await titles('dan', '?search=%25')).toEqual(['100% alpha'])
    const first = await send('dan', 'GET', '?max_results=2')
    const second = await titles('dan', `?max_results=2&page_token=${first.next_page_token}`)
    expect([...first.reports.map(({ title }: { title: string }) => title), ...second].sort()).toEqual(
      ['100% alpha', 'Alpha_2', 'beta'].sort(),
    )
  })

  test('rejects bad input with the field that is wrong', async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{}, 'title'],
      [{ title: '' }, 'title'],
      [{ title: 'x'.repeat(201) }, 'title'],
      [{ title: 'x', content: 'x'.repeat(100_001) }, 'content'],
      [{ title: 'x', experiment_ids: ['2'] }, 'experiment_ids'],
      [{ title: 'x', experiment_ids: ['none'] }, 'experiment_ids'],
      [{ title: 'x', experiment_ids: '1' }, 'experiment_ids'],
      [{ title: 'x', shared: 'sometimes' }, 'shared'],
    ]
    for (const [input, field] of cases) {
      const { status, message } = await send('ann', 'POST', '', input)
      expect([status, message]).toEqual([400, expect.stringContaining(field)])
    }
    expect(await send('ann', 'GET', '?page_token=nonsense')).toMatchObject({ status: 400 })
  })
})
