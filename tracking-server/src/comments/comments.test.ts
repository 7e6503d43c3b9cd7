import { randomUUID } from 'node:crypto'
import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { ListMentions, RunComment } from '@cairn/platform/protocol/cairn/run-comments'
import type { Output } from '@cairn/platform/protocol/operation'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

const COMMENTS = 'run-comments'
type Mention = Output<typeof ListMentions>['mentions'][number]

describe.each(databases)('comments on runs on %s', (_name, database) => {
  let tracked: TrackingApp
  let reader: string
  let editor: string
  let stranger: string
  let run_id: string
  beforeAll(async () => {
    tracked = await trackingApp(database)
    reader = await person('reader', 'READ EXPERIMENTS')
    editor = await person('editor', 'EDIT EXPERIMENTS', 'READ EXPERIMENTS')
    stranger = await person('stranger')
    run_id = await tracked.createRun({ run_name: 'a run' })
  })
  afterAll(() => tracked.close())

  async function person(name: string, ...add: Privilege[]): Promise<string> {
    const { identities, tokens, grants } = tracked.context
    const { id } = await identities.create('service_principal', name)
    if (add.length > 0)
      await grants.change(METASTORE[0], [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
    return (await tokens.issue(id, 'test')).secret
  }
  const send = async (
    token: string,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ) => {
    const response = await tracked.app.inject({
      ...{ method, url: `/api/cairn/v1/${path}`, headers: { authorization: `Bearer ${token}` } },
      ...(body && { payload: body }),
    })
    return { status: response.statusCode, body: response.json() }
  }
  const write = async (token: string, body: string, run = run_id): Promise<RunComment> =>
    (await send(token, 'POST', COMMENTS, { run_id: run, body })).body.comment
  const list = async (token: string, run = run_id): Promise<RunComment[]> =>
    (await send(token, 'GET', `${COMMENTS}?run_id=${run}`)).body.comments
  const mentions = async (token: string) => (await send(token, 'GET', 'mentions')).body.mentions

  test('are written by readers, and read with their author', async () => {
    const run = await tracked.createRun()
    const first = await write(reader, 'Loss is **flat**.', run)
    const second = await write(editor, 'Since step 10.', run)
    expect(first).toMatchObject({ run_id: run, body: 'Loss is **flat**.', author: 'reader', own: true })
    expect(first.updated_at).toBe(first.created_at)
    expect((await list(reader, run)).map(({ author, own }) => [author, own])).toEqual([
      ['reader', true],
      ['editor', false],
    ])
    expect((await list(editor, run))[1]).toEqual({ ...second, own: true })
    expect((await send(stranger, 'GET', `${COMMENTS}?run_id=${run}`)).status).toBe(404)
    expect((await send(stranger, 'POST', COMMENTS, { run_id: run, body: 'x' })).status).toBe(404)
  })

  test('are edited by their author only, and deleted by the author and by editors', async () => {
    const { comment_id } = await write(reader, 'typo')
    const path = `${COMMENTS}/${comment_id}`
    const refused = await send(editor, 'PATCH', path, { run_id, body: 'other words' })
    expect(refused).toMatchObject({ status: 403, body: { message: 'Only reader may edit this comment.' } })
    const edited = await send(reader, 'PATCH', path, { run_id, body: 'fixed' })
    expect(edited.body.comment).toMatchObject({ body: 'fixed', author: 'reader' })
    const other = await write(editor, 'of the editor')
    const kept = await send(reader, 'DELETE', `${COMMENTS}/${other.comment_id}`, { run_id })
    expect(kept).toMatchObject({ status: 403, body: { error_code: 'PERMISSION_DENIED' } })
    expect((await send(editor, 'DELETE', path, { run_id })).status).toBe(200)
    expect((await send(reader, 'DELETE', path, { run_id })).status).toBe(404)
    const elsewhere = { run_id: await tracked.createRun() }
    expect((await send(editor, 'DELETE', `${COMMENTS}/${other.comment_id}`, elsewhere)).status).toBe(404)
  })

  test('mention principals, who find them while they may read the run', async () => {
    const comment = await write(editor, '@Reader see `@stranger`, and @stranger too')
    const found = await mentions(reader)
    expect(found).toEqual([
      {
        ...{ experiment_id: '0', run_name: 'a run', comment: { ...comment, own: false } },
        mentioned_at: comment.created_at,
      },
    ])
    expect(await mentions(stranger)).toEqual([])
    await send(editor, 'PATCH', `${COMMENTS}/${comment.comment_id}`, { run_id, body: 'nobody' })
    expect(await mentions(reader)).toEqual([])
    const run = await tracked.createRun()
    await write(editor, '@reader', run)
    expect(await mentions(reader)).toHaveLength(1)
    await tracked.post('runs/delete', { run_id: run })
    expect(await mentions(reader)).toEqual([])
  })

  test('that are added when a comment is edited are as new as the edit, and others keep their time', async () => {
    const run = await tracked.createRun()
    const comment = await write(editor, 'Hello @stranger', run)
    const edited = async (body: string) =>
      (await send(editor, 'PATCH', `${COMMENTS}/${comment.comment_id}`, { run_id: run, body })).body.comment
    const mentionedAt = async () =>
      (await mentions(reader)).find(({ comment: { run_id } }: Mention) => run_id === run)?.mentioned_at
    expect(await mentionedAt()).toBeUndefined()
    await expect.poll(() => Date.now()).toBeGreaterThan(comment.created_at)
    const { updated_at } = await edited('Hello @reader')
    expect(updated_at).toBeGreaterThan(comment.created_at)
    expect([await mentionedAt(), (await mentions(reader))[0].comment.run_id]).toEqual([updated_at, run])
    await expect.poll(() => Date.now()).toBeGreaterThan(updated_at)
    await edited('Hello again, @reader')
    expect(await mentionedAt()).toBe(updated_at)
  })

  test('may contain longer words with @ than any name', async () => {
    const body = `@${Array.from({ length: 100 }, () => randomUUID()).join('')} and @reader`
    const { comment_id } = await write(editor, body)
    expect(
      (await mentions(reader)).map(({ comment }: { comment: RunComment }) => comment.comment_id),
    ).toContain(comment_id)
  })

  test('need a text and an active run, and are limited to 200 for each run', async () => {
    const refusals = [
      [{ run_id, body: '' }, 'body'],
      [{ run_id, body: 'x'.repeat(4001) }, 'body'],
      [{ body: 'x' }, 'run_id'],
    ] as const
    for (const [body, field] of refusals) {
      const refused = await send(reader, 'POST', COMMENTS, body)
      expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(field)])
    }
    const run = await tracked.createRun()
    for (let i = 0; i < 200; i++) await write(reader, String(i), run)
    const more = await send(reader, 'POST', COMMENTS, { run_id: run, body: 'more' })
    expect(more).toMatchObject({ status: 429, body: { error_code: 'RESOURCE_EXHAUSTED' } })
    await tracked.post('runs/delete', { run_id: run })
    expect((await send(reader, 'POST', COMMENTS, { run_id: run, body: 'x' })).status).toBe(400)
  })
})
