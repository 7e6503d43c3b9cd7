import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WorkspaceSchema } from '../schema.js'
import { type WorkspaceApp, workspaceApp } from '../testing/workspace-app.js'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const HOME = '/Users/owner'

describe.each(databases)('workspace files on %s', (_name, database) => {
  let served: WorkspaceApp
  beforeEach(async () => {
    served = await workspaceApp(database)
  })
  afterEach(() => served.close())

  const post = (path: string, input: object, as?: string) =>
    served.call('POST', `/workspace/${path}`, input, as)
  const get = (path: string, input: object, as?: string) =>
    served.call('GET', `/workspace/${path}`, input, as)
  const put = (path: string, text: string, more: object = {}, as?: string) =>
    post('import', { path, content: base64(text), format: 'RAW', ...more }, as)
  const textOf = async (path: string, more: object = {}, as?: string) =>
    Buffer.from((await get('export', { path, ...more }, as)).content ?? '', 'base64').toString()
  const pathsIn = async (path: string, as?: string) =>
    ((await get('list', { path }, as)).objects ?? []).map((one: { path: string }) => one.path)
  const upload = async (path: string, body: string, query = '', as?: string) => {
    const response = await served.app.inject({
      ...{ method: 'POST', url: `/api/2.0/workspace-files/import-file/${encodeURIComponent(path)}${query}` },
      headers: {
        'content-type': 'application/octet-stream',
        ...(as && { authorization: `Bearer ${await served.token(as)}` }),
      },
      payload: body,
    })
    return { status: response.statusCode, ...response.json() }
  }

  /** Grants privileges on an object to `ada`. */
  async function give(type: 'directory' | 'file', object_id: number, add: readonly Privilege[]) {
    await served.token('ada')
    const { grants, identities, securables } = served.context
    const [object] = (await securables.chain(type, String(object_id)))!
    const { id } = await identities.get('ada')
    await grants.change(object, [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
  }

  test('folders, files and notebooks are created, listed, read, replaced and deleted', async () => {
    expect(await post('mkdirs', { path: `/Workspace${HOME}/a//b/` })).toEqual({ status: 200 })
    expect(await put(`${HOME}/a/b/data.csv`, 'x,y\n')).toEqual({ status: 200 })
    expect(await put(`${HOME}/a/b/data.csv`, 'z')).toMatchObject({ error_code: 'RESOURCE_ALREADY_EXISTS' })
    await put(`${HOME}/a/b/data.csv`, 'x,y\n1,2\n', { overwrite: true })
    await put(`${HOME}/a/train`, 'print(1)', { format: 'SOURCE', language: 'PYTHON' })
    expect(await get('get-status', { path: `${HOME}/a/b/data.csv` })).toMatchObject({
      ...{ object_type: 'FILE', path: `${HOME}/a/b/data.csv`, size: 8, object_id: expect.any(Number) },
    })
    expect(await get('get-status', { path: `${HOME}/a/train`, return_export_info: true })).toMatchObject({
      ...{ object_type: 'NOTEBOOK', language: 'PYTHON', repos_export_format: 'SOURCE' },
    })
    expect(await pathsIn(`${HOME}/a`)).toEqual([`${HOME}/a/b`, `${HOME}/a/train`])
    expect(await textOf(`${HOME}/a/b/data.csv`)).toBe('x,y\n1,2\n')
    expect(await textOf(`${HOME}/a/train`)).toBe('# Databricks notebook source\nprint(1)')
    expect(await post('delete', { path: `${HOME}/a` })).toMatchObject({ error_code: 'DIRECTORY_NOT_EMPTY' })
    expect(await post('delete', { path: `${HOME}/a`, recursive: true })).toEqual({ status: 200 })
    expect(await get('get-status', { path: `${HOME}/a/train` })).toMatchObject({ status: 404 })
    expect(await pathsIn(HOME)).toEqual([])
  })

  test('AUTO recognizes notebooks by their header, and removes the extension from their path', async () => {
    await post('mkdirs', { path: HOME })
    await put(`${HOME}/job.py`, '# Databricks notebook source\nprint(1)\n', { format: 'AUTO' })
    await put(`${HOME}/plain.py`, 'print(2)\n', { format: 'AUTO' })
    expect(await upload(`${HOME}/query.sql`, '-- Databricks notebook source\nselect 1')).toEqual({
      status: 200,
    })
    expect(await upload(`${HOME}/big.bin`, 'x'.repeat(1000))).toEqual({ status: 200 })
    const listed = (await get('list', { path: HOME })).objects as { path: string; object_type: string }[]
    expect(Object.fromEntries(listed.map((one) => [one.path, one.object_type]))).toEqual({
      [`${HOME}/job`]: 'NOTEBOOK',
      [`${HOME}/plain.py`]: 'FILE',
      [`${HOME}/query`]: 'NOTEBOOK',
      [`${HOME}/big.bin`]: 'FILE',
    })
    expect(await textOf(`${HOME}/big.bin`)).toBe('x'.repeat(1000))
    expect(await upload(`${HOME}/big.bin`, 'y')).toMatchObject({ status: 400 })
    expect(await upload(`${HOME}/big.bin`, 'y', '?overwrite=true')).toEqual({ status: 200 })
    expect(await textOf(`${HOME}/big.bin`)).toBe('y')
  })

  test('notebooks are exported as source and as Jupyter notebooks', async () => {
    await post('mkdirs', { path: HOME })
    const notebook = {
      cells: [
        { cell_type: 'markdown', source: ['# Title\n', 'text'], metadata: {} },
        {
          cell_type: 'code',
          source: 'x = 1\nx',
          metadata: {},
          outputs: [{ data: 'big' }],
          execution_count: 3,
        },
      ],
      metadata: {},
      ...{ nbformat: 4, nbformat_minor: 5 },
    }
    await put(`${HOME}/n`, JSON.stringify(notebook), { format: 'JUPYTER' })
    const source = await textOf(`${HOME}/n`, { format: 'SOURCE' })
    expect(source).toBe(
      '# Databricks notebook source\n# MAGIC %md\n# MAGIC # Title\n# MAGIC text\n\n# COMMAND ----------\n\nx = 1\nx\n',
    )
    expect(await textOf(`${HOME}/n`, { format: 'JUPYTER' })).toBe(JSON.stringify(notebook))
    await put(`${HOME}/s`, source, { format: 'SOURCE', language: 'PYTHON' })
    expect(JSON.parse(await textOf(`${HOME}/s`, { format: 'JUPYTER' }))).toMatchObject({
      cells: [
        { cell_type: 'markdown', source: ['# Title\n', 'text'] },
        { cell_type: 'code', source: ['x = 1\n', 'x'], outputs: [] },
      ],
      nbformat: 4,
    })
  })

  test('large notebooks are converted too, unless they have too many cells', async () => {
    await post('mkdirs', { path: HOME })
    const notebook = (cells: number, source: string) =>
      JSON.stringify({ cells: Array(cells).fill({ cell_type: 'code', source }), metadata: {}, nbformat: 4 })
    expect((await put(`${HOME}/n`, notebook(3, 'x'.repeat(50_000)), { format: 'JUPYTER' })).status).toBe(200)
    expect(await textOf(`${HOME}/n`, { format: 'SOURCE' })).toHaveLength(150_078)
    const refused = await put(`${HOME}/m`, notebook(10_001, ''), { format: 'JUPYTER' })
    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('10001 cells') })
    await put(`${HOME}/s`, '# COMMAND ----------\n'.repeat(10_001), { format: 'SOURCE', language: 'PYTHON' })
    expect(await get('export', { path: `${HOME}/s`, format: 'JUPYTER' })).toMatchObject({ status: 400 })
  })

  test('rejects bad input with 400 that names what is wrong', async () => {
    await post('mkdirs', { path: HOME })
    await put(`${HOME}/f`, 'x')
    const cases: [Promise<{ status: number; message?: string }>, RegExp][] = [
      [post('mkdirs', { path: 'relative' }), /starts? with '\/'/],
      [post('mkdirs', { path: `${HOME}/../other` }), /must not contain/],
      [post('mkdirs', { path: `${HOME}/a\u0001b` }), /control characters/],
      [post('mkdirs', { path: `${HOME}/${'n'.repeat(256)}` }), /255 bytes/],
      [post('mkdirs', { path: `${HOME}${'/a'.repeat(50)}` }), /50 folders/],
      [post('mkdirs', { path: `${HOME}/f/below` }), /not a folder/],
      [put(`${HOME}/g`, 'x', { format: 'DBC' }), /format/],
      [put(`${HOME}/g`, 'x', { format: 'SOURCE' }), /language/],
      [put(`${HOME}/g`, 'x', { format: 'JUPYTER' }), /Jupyter/],
      [put(`${HOME}/g`, '{"nbformat":4,"cells":[1]}', { format: 'JUPYTER' }), /cells\[0\]/],
      [post('import', { path: `${HOME}/g`, content: '*', format: 'RAW' }), /Base64/],
      [post('import', { path: `${HOME}/g`, content: { a: 1 }, format: 'RAW' }), /Base64/],
      [put(`${HOME}/f`, 'x', { format: 'SOURCE', language: 'SQL', overwrite: true }), /delete it first/],
      [get('export', { path: HOME }), /folder/],
      [get('export', { path: `${HOME}/f`, format: 'JUPYTER' }), /format/],
      [post('delete', { path: '/Shared', recursive: true }), /cannot be deleted/],
      [post('delete', { path: HOME, recursive: true }), /cannot be deleted/],
    ]
    for (const [answer, why] of cases) {
      const { status, message } = await answer
      expect({ status, message }).toMatchObject({ status: 400, message: expect.stringMatching(why) })
    }
    expect(await put(`${HOME}/none/g`, 'x')).toMatchObject({
      ...{ status: 404, message: `The parent folder (${HOME}/none) does not exist.` },
    })
    const large = 'x'.repeat(10 * 1024 * 1024 + 1)
    expect((await put(`${HOME}/g`, large)).status).toBe(413)
  })

  test('a principal owns a limited number of objects, independent of others', async () => {
    const limited = await workspaceApp(database, { workspace_objects: 5 })
    try {
      const make = (name: string, as?: string) =>
        limited.call('POST', '/workspace/mkdirs', { path: `/Shared/${name}` }, as)
      for (let i = 0; i < 5; i++) expect((await make(`a${i}`, 'ada')).status).toBe(200)
      const refused = await make('a5', 'ada')
      expect(refused).toMatchObject({ status: 400, message: expect.stringContaining("'ada' owns 5 objects") })
      expect((await make('b', 'bob')).status).toBe(200)
      await limited.call('POST', '/workspace/delete', { path: '/Shared/a0' }, 'ada')
      expect((await make('a5', 'ada')).status).toBe(200)
    } finally {
      await limited.close()
    }
  })

  test('a principal owns a limited number of bytes, also by files that others write', async () => {
    const limited = await workspaceApp(database, { workspace_bytes: 10 })
    const putAs = (name: string, bytes: number, as?: string) =>
      limited.call(
        'POST',
        '/workspace/import',
        {
          ...{ path: `/Shared/${name}`, format: 'AUTO', overwrite: true },
          content: Buffer.from('x'.repeat(bytes)).toString('base64'),
        },
        as,
      )
    try {
      expect((await putAs('a.txt', 6, 'ada')).status).toBe(200)
      expect(await putAs('b.txt', 5, 'ada')).toMatchObject({
        ...{ status: 400, error_code: 'INVALID_STATE' },
        message: expect.stringMatching(/may own 10 bytes .* would own 11: .* raise CAIRN_WORKSPACE_BYTES\.$/),
      })
      expect((await limited.call('GET', '/workspace/get-status', { path: '/Shared/b.txt' })).status).toBe(404)
      expect((await putAs('b.txt', 10, 'bob')).status).toBe(200)
      expect(await putAs('a.txt', 11, 'bob')).toMatchObject({
        ...{ status: 400, message: expect.stringContaining('The owner of this file may own 10 bytes') },
      })
      expect((await putAs('a.txt', 11, 'bob')).message).toContain('would own more:')
      // Refused contents do not stay for the day that replaced ones stay.
      const blobs = limited.context.db.for<WorkspaceSchema>().read.selectFrom('workspace_blobs')
      expect(await blobs.select('object_id').where('object_id', 'is', null).execute()).toEqual([])
      expect((await putAs('a.txt', 10, 'bob')).status).toBe(200)
      await limited.call('POST', '/workspace/delete', { path: '/Shared/a.txt' }, 'ada')
      expect((await putAs('c.txt', 10, 'ada')).status).toBe(200)
      await limited.context.db
        .for<WorkspaceSchema>()
        .transaction((tx) =>
          tx.updateTable('workspace_objects').set({ size: 20 }).where('path', '=', '/Shared/c.txt').execute(),
        )
      expect((await putAs('c.txt', 21, 'ada')).status).toBe(400)
      expect((await putAs('c.txt', 15, 'ada')).status).toBe(200)
    } finally {
      await limited.close()
    }
  })

  test('replaced and deleted contents count until they are freed, which happens when their owner needs room', async () => {
    const limited = await workspaceApp(database, { workspace_bytes: 10 })
    const db = limited.context.db.for<WorkspaceSchema>()
    const write = async (name: string, text: string) =>
      limited.call('POST', '/workspace/import', {
        ...{ path: `/Shared/${name}`, format: 'RAW', overwrite: true, content: base64(text) },
      })
    const stored = async () => {
      const sizes = (await limited.context.blobs.list('workspace')).blobs.map(({ size }) => size)
      return sizes.reduce((sum, size) => sum + size, 0)
    }
    const counted = async () => (await db.read.selectFrom('workspace_usage').selectAll().execute())[0]?.bytes
    try {
      for (let i = 0; i < 12; i++) {
        expect((await write('a', `${i}`.padEnd(4))).status).toBe(200)
        expect(await stored()).toBeLessThanOrEqual(10 + 4)
        expect(Number(await counted())).toBe(await stored())
      }
      await limited.call('POST', '/workspace/delete', { path: '/Shared/a' })
      expect((await write('b', '0123456789')).status).toBe(200)
      expect([await stored(), Number(await counted())]).toEqual([10, 10])
      expect((await write('c', '0')).status).toBe(400)
      expect([await stored(), Number(await counted())]).toEqual([10, 10])
    } finally {
      await limited.close()
    }
  })

  test('writes at the same time count all of their bytes', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `${HOME}/${i}`)
    await Promise.all(names.map((path) => put(path, 'x'.repeat(7))))
    await Promise.all(names.map((path) => put(path, 'x'.repeat(5), { overwrite: true })))
    const rows = await served.context.db
      .for<WorkspaceSchema>()
      .read.selectFrom('workspace_usage')
      .selectAll()
      .execute()
    expect(rows.map(({ bytes }) => Number(bytes))).toEqual([12 * (7 + 5)])
  })

  test('homes are private, and hidden objects are answered like absent ones', async () => {
    await post('mkdirs', { path: `${HOME}/secret` })
    await put(`${HOME}/secret/f`, 'canary')
    const answers = async (path: string) =>
      Promise.all([
        get('get-status', { path }, 'ada'),
        get('export', { path }, 'ada'),
        get('list', { path }, 'ada'),
        post('delete', { path, recursive: true }, 'ada'),
        post('mkdirs', { path }, 'ada'),
        put(path, 'x', { overwrite: true }, 'ada'),
        upload(path, 'x', '?overwrite=true', 'ada'),
      ])
    const hidden = await answers(`${HOME}/secret/f`)
    expect(hidden.map(({ status }) => status)).toEqual(hidden.map(() => 404))
    const absent = JSON.stringify(await answers(`${HOME}/secret/g`)).replaceAll('secret/g', 'secret/f')
    expect(JSON.stringify(hidden)).toBe(absent)
    expect(await pathsIn('/Users', 'ada')).toEqual([])
    expect((await post('mkdirs', { path: '/Users/ada/x' }, 'ada')).status).toBe(200)
    expect(await pathsIn('/Users', 'ada')).toEqual(['/Users/ada'])
    expect(await pathsIn('/', 'ada')).toEqual(['/Shared'])
    expect((await post('mkdirs', { path: '/Users/eve' }, 'ada')).status).toBe(404)
    expect((await post('mkdirs', { path: '/top' }, 'ada')).status).toBe(404)
  })

  test('everybody creates and edits in the shared folder, and manages what is theirs', async () => {
    await put('/Shared/mine', 'x')
    expect((await put('/Shared/mine', 'y', { overwrite: true }, 'ada')).status).toBe(200)
    expect((await post('delete', { path: '/Shared/mine' }, 'ada')).status).toBe(403)
    await put('/Shared/hers', 'z', {}, 'ada')
    expect((await post('delete', { path: '/Shared/hers' }, 'ada')).status).toBe(200)
  })

  test('a privilege on a folder counts for what is in it, also for what is created later', async () => {
    await post('mkdirs', { path: `${HOME}/team` })
    const { object_id } = await get('get-status', { path: `${HOME}/team` })
    await give('directory', object_id, ['READ WORKSPACE'])
    await post('mkdirs', { path: `${HOME}/team/deep/er` })
    await put(`${HOME}/team/deep/er/f`, 'shared')
    expect(await textOf(`${HOME}/team/deep/er/f`, {}, 'ada')).toBe('shared')
    expect(await pathsIn(`${HOME}/team/deep`, 'ada')).toEqual([`${HOME}/team/deep/er`])
    expect((await put(`${HOME}/team/deep/er/f`, 'w', { overwrite: true }, 'ada')).status).toBe(403)
    expect((await get('list', { path: HOME }, 'ada')).status).toBe(404)
  })

  test('a right on a file does not reach the notebook that is named like it without its extension', async () => {
    await post('mkdirs', { path: HOME })
    await put(`${HOME}/x.py`, 'print(1)')
    await put(`${HOME}/x`, 'print(2)', { format: 'SOURCE', language: 'PYTHON' })
    const { object_id } = await get('get-status', { path: `${HOME}/x.py` })
    await give('file', object_id, ['READ WORKSPACE', 'RUN WORKSPACE', 'EDIT WORKSPACE'])
    expect((await put(`${HOME}/x.py`, 'print(3)', { overwrite: true }, 'ada')).status).toBe(200)
    const notebook = '# Databricks notebook source\nprint(4)'
    expect((await upload(`${HOME}/x.py`, notebook, '?overwrite=true', 'ada')).status).toBe(404)
    const more = { format: 'AUTO', overwrite: true }
    expect((await put(`${HOME}/x.py`, notebook, more, 'ada')).status).toBe(404)
    expect(await textOf(`${HOME}/x`)).toContain('print(2)')
  })

  test('content that was replaced is deleted after a day, and refused content at once', async () => {
    await post('mkdirs', { path: HOME })
    await put(`${HOME}/f`, 'old')
    await put(`${HOME}/f`, 'new', { overwrite: true })
    await put(`${HOME}/f`, 'refused')
    const { db, blobs } = served.context
    const stored = async () => (await blobs.list('workspace')).blobs.length
    expect(await stored()).toBe(2)
    await served.context.retention.purge()
    expect(await stored()).toBe(2)
    await db
      .for<WorkspaceSchema>()
      .transaction((tx) => tx.updateTable('workspace_blobs').set({ changed_at: 0 }).execute())
    await served.context.retention.purge()
    expect(await stored()).toBe(1)
    expect(await textOf(`${HOME}/f`)).toBe('new')
  })

  test('a form is read like JSON, and a direct download is never shown as a page', async () => {
    await post('mkdirs', { path: HOME })
    const form = new FormData()
    form.set('path', `${HOME}/page.html`)
    form.set('format', 'AUTO')
    form.set('overwrite', 'true')
    form.set('content', new Blob(['<script>1</script>']))
    const request = new Request('http://x', { method: 'POST', body: form })
    const headers = { 'content-type': request.headers.get('content-type')! }
    const payload = Buffer.from(await request.arrayBuffer())
    const sent = await served.app.inject({
      ...{ method: 'POST', url: '/api/2.0/workspace/import', headers, payload },
    })
    expect([sent.statusCode, sent.body]).toEqual([200, '{}'])
    const url = `/api/2.0/workspace/export?path=${HOME}/page.html&direct_download=true`
    const response = await served.app.inject({ method: 'GET', url })
    expect(response.body).toBe('<script>1</script>')
    expect(response.headers).toMatchObject({
      ...{ 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' },
    })
    const broken = await served.app.inject({
      ...{ method: 'POST', url: '/api/2.0/workspace/import', headers, payload: 'broken' },
    })
    expect(broken.statusCode).toBe(400)
  })
})
