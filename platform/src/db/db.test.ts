import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../testing/databases.js'
import { newFolder } from '../testing/folders.js'
import type { Db, Transaction } from './db.js'
import { exceedsEngineLimits } from './limits.js'
import { migrate } from './migrate.js'
import { pipelined } from './pipelined.js'

interface Schema {
  notes: { id: string; body: string | null; weight: number; at: number }
}

const folderOf = (files: Record<string, string>) => {
  const folder = newFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return pathToFileURL(`${folder}/`)
}

const NOTES =
  'create table notes (id text primary key, body text, weight double precision not null, at bigint not null);'
const note = (id: string) => ({ id, body: `note ${id}`, weight: 0.1, at: 1_700_000_000_000 })

describe.each(databases)('database on %s', (_name, database) => {
  let db: Db<Schema>
  let opened: Awaited<ReturnType<typeof database.open>>

  beforeEach(async () => {
    opened = await database.open({ isEmpty: true })
    db = opened.db.for<Schema>()
    await migrate(opened.db, 'notes', folderOf({ '0001_notes.sql': NOTES }))
  })
  afterEach(() => opened.close())

  const ids = async () =>
    (await db.read.selectFrom('notes').select('id').orderBy('id').execute()).map((row) => row.id)

  test('keeps working after another process altered the table', async () => {
    const touch = (id: string) =>
      db.transaction((tx) => tx.insertInto('notes').values(note(id)).returningAll().executeTakeFirstOrThrow())
    for (const id of ['a', 'b']) await touch(id) // so that a cached plan exists
    await opened.db.engine.script('alter table notes add column colour text')
    expect(await touch('c')).toMatchObject({ id: 'c', colour: null })
    const read = () =>
      db.reading((one) => one.selectFrom('notes').selectAll().where('id', '=', 'c').execute())
    expect(await read()).toHaveLength(1)
    await opened.db.engine.script('alter table notes add column shape text')
    expect(await read()).toMatchObject([{ id: 'c', colour: null, shape: null }])
    expect(await ids()).toEqual(['a', 'b', 'c'])
  })

  test.each([
    ['values', sql`select 1 where 1 in (${sql.join(Array.from({ length: 70_000 }, (_, i) => i))})`],
    ['columns', sql`select ${sql.join(Array.from({ length: 3_000 }, (_, i) => sql.lit(i)))}`],
  ])('recognizes too many %s in one statement', async (_what, statement) => {
    const error = await statement.execute(db.read).then(
      () => undefined,
      (cause) => cause,
    )
    expect(exceedsEngineLimits(error), String(error)).toBe(true)
    expect(exceedsEngineLimits(new Error('disk I/O error'))).toBe(false)
  })

  test.each([
    ['text', '한 줄'],
    ['a "quoted" $.name', 'x'],
    ['whole', '12'],
    ['half', '0.5'],
    ['yes', 'true'],
    ['map', '{"a": 1}'],
    ['none', null],
    ['absent', null],
  ])('reads a member of JSON as text: %s', async (name, expected) => {
    const json = `{"text": "한 줄", "a \\"quoted\\" $.name": "x", "whole": 12, "half": 0.5, "yes": true, "none": null, "map": {"a": 1}}`
    await db.transaction((tx) =>
      tx
        .insertInto('notes')
        .values({ ...note('json'), body: json })
        .execute(),
    )
    const { rows } = await sql<{
      found: string | null
    }>`select ${db.dialect.member(sql.ref('body'), name)} as found
      from notes`.execute(db.read)
    expect(rows[0]?.found?.replace('{"a":1}', '{"a": 1}') ?? null).toBe(expected)
  })

  test('matches regular expressions equally on both engines, and rejects an invalid one', async () => {
    await db.transaction((tx) =>
      tx
        .insertInto('notes')
        .values([note('a'), note('bb')])
        .execute(),
    )
    const matching = (regex: string) =>
      db.read
        .selectFrom('notes')
        .select('id')
        .where(db.dialect.matches(sql.ref('body'), regex))
        .execute()
    expect(await matching('^note b+$')).toEqual([{ id: 'bb' }])
    expect(() => matching('(')).toThrow('Invalid regular expression')
  })

  test('shows a resolved transaction to the next reader', async () => {
    await db.transaction((tx) => tx.insertInto('notes').values(note('a')).execute())
    expect(await db.read.selectFrom('notes').selectAll().execute()).toEqual([note('a')])
  })

  test('commits concurrent writes, and rolls back only the one that fails', async () => {
    await db.transaction((tx) => tx.insertInto('notes').values(note('taken')).execute())
    const writes = Array.from({ length: 50 }, (_, i) =>
      db.transaction(async (tx) => {
        await tx
          .insertInto('notes')
          .values(note(`n${String(i).padStart(2, '0')}`))
          .execute()
        if (i % 10 === 3) await tx.insertInto('notes').values(note('taken')).execute()
        return i
      }),
    )
    const settled = await Promise.allSettled(writes)
    const failed = settled.flatMap((result, i) => (result.status === 'rejected' ? [i] : []))
    expect(failed).toEqual([3, 13, 23, 33, 43])
    for (const result of settled)
      if (result.status === 'rejected') expect(db.dialect.isUniqueViolation(result.reason)).toBe(true)
    expect(await ids()).toHaveLength(46)
  })

  test('rolls back pipelined statements together with the error of the first failure', async () => {
    const insert = (tx: Transaction<Schema>, ...ids: string[]) =>
      tx.insertInto('notes').values(ids.map(note)).execute()
    await db.transaction((tx) => pipelined(insert(tx, 'a'), insert(tx, 'b')))
    const failing = db.transaction((tx) =>
      pipelined(
        (async () => {
          await insert(tx, 'c')
          await insert(tx, 'late')
          await insert(tx, 'later')
        })(),
        insert(tx, 'd', 'a'),
        insert(tx, 'e'),
      ),
    )
    const reason = await failing.catch((error) => error)
    expect(db.dialect.isUniqueViolation(reason), String(reason)).toBe(true)
    await db.transaction((tx) => insert(tx, 'f'))
    expect(await ids()).toEqual(['a', 'b', 'f'])
  })

  test('returns each concurrent read its own result', async () => {
    await db.transaction((tx) =>
      pipelined(...['a', 'b', 'c'].map((id) => tx.insertInto('notes').values(note(id)).execute())),
    )
    const find = (read: Transaction<Schema>, id: string) =>
      read.selectFrom('notes').select('body').where('id', '=', id).executeTakeFirst()
    const found = await db.reading((read) =>
      Promise.all(['b', 'none', 'a', 'c', 'b'].map((id) => find(read, id))),
    )
    expect(found.map((row) => row?.body)).toEqual(['note b', undefined, 'note a', 'note c', 'note b'])
    await expect(
      db.reading((read) => Promise.all([find(read, 'a'), sql`select x from nowhere`.execute(read)])),
    ).rejects.toThrow(/nowhere/)
    expect(await db.reading((read) => find(read, 'c'))).toEqual({ body: 'note c' })
  })

  test('passes any number of rows exactly through one parameter', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => ({
      id: `r${i}`,
      body: i % 2 ? null : `"é\u2028${i}`,
      weight: Math.PI * i,
      at: 2 ** 40 + i,
    }))
    const source = db.dialect.rows(rows, {
      id: 'text',
      body: 'text',
      weight: 'double precision',
      at: 'bigint',
    })
    await db.transaction((tx) =>
      sql`insert into notes (id, body, weight, at) select id, body, weight, at from ${source} as r where true on conflict do nothing`.execute(
        tx,
      ),
    )
    const stored = await db.read.selectFrom('notes').selectAll().execute()
    const byId = new Map(stored.map((row) => [row.id, row]))
    for (const row of rows) expect(byId.get(row.id)).toEqual(row)
  })

  test('uses one row source several times, in several statements and writers', async () => {
    const ids = (...all: string[]) =>
      db.dialect.rows(
        all.map((id) => ({ id, body: undefined })),
        { id: 'text', body: 'text' },
      )
    const [first, second] = [ids('x', 'y', 'z'), ids('y')]
    const insert = sql`insert into notes (id, body, weight, at)
      select id, body, 1.5, 7 from ${first} as f where id not in (select id from ${second} as s)
      on conflict do nothing`
    await Promise.all([1, 2, 3].map(() => db.transaction((tx) => insert.execute(tx))))
    expect(await db.read.selectFrom('notes').selectAll().orderBy('id').execute()).toEqual(
      ['x', 'z'].map((id) => ({ id, body: null, weight: 1.5, at: 7 })),
    )
  })

  test('like is case-sensitive, ilike is not, matches is a regular expression', async () => {
    await db.transaction((tx) =>
      tx
        .insertInto('notes')
        .values({ ...note('Ab'), body: 'Ab' })
        .execute(),
    )
    const count = async (condition: ReturnType<typeof sql<boolean>>) =>
      (await db.read.selectFrom('notes').select('id').where(condition).execute()).length
    const body = sql.ref('body')
    expect(await count(sql<boolean>`body like 'ab'`)).toBe(0)
    expect(await count(sql<boolean>`${db.dialect.ilike(body, 'aB')}`)).toBe(1)
    expect(await count(sql<boolean>`${db.dialect.matches(body, '^A.$')}`)).toBe(1)
    expect(await count(sql<boolean>`${db.dialect.matches(body, '^a')}`)).toBe(0)
  })

  test('applies migrations once and in order, and rejects a changed or unknown one', async () => {
    const files = {
      '0001_notes.sql': NOTES,
      '0002_more.sql': "insert into notes values ('m', 'more', 1, 2);",
      '0003_other.oracle.sql': 'nonsense',
    }
    await migrate(opened.db, 'notes', folderOf(files))
    await migrate(opened.db, 'notes', folderOf(files))
    expect(await ids()).toEqual(['m'])
    await expect(
      migrate(opened.db, 'notes', folderOf({ ...files, '0002_more.sql': 'select 1' })),
    ).rejects.toThrow(/0002_more.sql has changed/)
    await expect(migrate(opened.db, 'notes', folderOf({ '0001_notes.sql': NOTES }))).rejects.toThrow(
      /Start a newer release/,
    )
  })

  test('rolls back a migration that fails', async () => {
    const files = {
      '0001_notes.sql': NOTES,
      '0002_broken.sql': "insert into notes values ('x', 'x', 1, 1); insert into nowhere values (1);",
    }
    await expect(migrate(opened.db, 'notes', folderOf(files))).rejects.toThrow()
    expect(await ids()).toEqual([])
    await db.transaction((tx) => tx.insertInto('notes').values(note('after')).execute())
    expect(await ids()).toEqual(['after'])
  })

  test('rejects the database of an MLflow server without changing it', async () => {
    await db.engine.script('drop table migrations; create table alembic_version (version_num text)')
    const migrating = migrate(opened.db, 'notes', folderOf({ '0001_notes.sql': NOTES }))
    await expect(migrating).rejects.toThrow(/cairn migrate mlflow/)
    const { tables } = await db.engine.snapshot(async ({ tables }) => ({ tables }))
    expect(tables.map(({ name }) => name)).not.toContain('migrations')
  })
})
