import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databases, type TestDatabase } from '../testing/databases.js'
import { NetworkProxy } from '../testing/network-proxy.js'
import { Db, type Transaction } from './db.js'
import { pipelined } from './pipelined.js'
import { openPostgres } from './postgres.js'

interface Schema {
  notes: { id: string; body: string }
}

const server = process.env.TEST_POSTGRES_URL
const UNAVAILABLE = expect.objectContaining({ code: 'TEMPORARILY_UNAVAILABLE' })
const DEADLOCKS_ARE_NOTICED_AFTER = 1_000

describe.skipIf(!server)('failures of PostgreSQL', () => {
  const database = databases.find(([name]) => name === 'postgres')?.[1]
  let opened: Awaited<ReturnType<TestDatabase['open']>>
  let line: NetworkProxy
  let db: Db<Schema>

  beforeEach(async () => {
    opened = await database!.open()
    await opened.db.engine.script('create table notes (id text primary key, body text not null)')
    line = await NetworkProxy.to(opened.url)
    const timeouts = { connect: 500, statement: 700, answer: 1_000 }
    db = new Db<Schema>(openPostgres(line.instead(opened.url), timeouts))
  })
  afterEach(async () => {
    await line[Symbol.asyncDispose]()
    await db.close()
    await opened.close()
  })

  const insert = (tx: Transaction<Schema>, id: string) =>
    tx.insertInto('notes').values({ id, body: 'x' }).execute()
  const write = (id: string) => db.transaction((tx) => insert(tx, id))
  const ids = async () =>
    (await opened.db.for<Schema>().read.selectFrom('notes').select('id').orderBy('id').execute()).map(
      ({ id }) => id,
    )

  test('sends pipelined statements in one packet together with `begin`', async () => {
    await write('warm')
    const packets: string[] = []
    line.onSent = (text) => packets.push(text)
    await db.transaction((tx) => pipelined(insert(tx, 'a'), insert(tx, 'b')))
    expect(packets).toHaveLength(2)
    expect(packets[0]).toMatch(/begin/)
    expect(packets[1]).toMatch(/commit/)
    expect(await ids()).toEqual(['a', 'b', 'warm'])
  })

  test('plans a statement once per connection', async () => {
    const parsed: string[] = []
    line.onSent = (text) => parsed.push(...(text.match(/from "notes"/g) ?? []))
    const read = () =>
      db.reading((one) => one.selectFrom('notes').select('id').where('id', '=', 'a').execute())
    for (let i = 0; i < 3; i++) await read()
    expect(parsed).toHaveLength(1)
  })

  test('rejects a transaction whose work swallowed a failure', async () => {
    await write('taken')
    await expect(
      db.transaction(async (tx) => {
        await insert(tx, 'a')
        await insert(tx, 'taken').catch(() => undefined)
      }),
    ).rejects.toThrow('A statement failed, but the transaction continued')
    expect(await ids()).toEqual(['taken'])
  })

  test('rejects a statement after its transaction', async () => {
    const late = await db.transaction(async (tx) => tx)
    await expect(insert(late, 'late')).rejects.toThrow('after the end of its transaction')
    expect(await ids()).toEqual([])
  })

  test(
    'writers that wait for each other both succeed',
    async () => {
      await Promise.all([write('a'), write('b')])
      const both = async (first: string, second: string) => {
        const touch = (tx: Transaction<Schema>, id: string) =>
          tx.updateTable('notes').set({ body: first }).where('id', '=', id).execute()
        await opened.db.for<Schema>().transaction(async (tx) => {
          await touch(tx, first)
          await sleep(50)
          await touch(tx, second)
        })
      }
      await Promise.all([both('a', 'b'), both('b', 'a')])
      const rows = await opened.db.for<Schema>().read.selectFrom('notes').select('body').execute()
      expect(new Set(rows.map(({ body }) => body)).size).toBe(1)
    },
    10 * DEADLOCKS_ARE_NOTICED_AFTER,
  )

  test('reports a lost connection as 503 and rolls back', async () => {
    const lost = db.transaction(async (tx) => {
      await insert(tx, 'a')
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx)
      await insert(tx, 'b')
    })
    await expect(lost).rejects.toEqual(UNAVAILABLE)
    expect(await ids()).toEqual([])
    await write('c')
    expect(await ids()).toEqual(['c'])
  })

  test('resolves a write after the response to its commit, and rejects it when that response is lost', async () => {
    await write('warm')
    line.onSent = (text) => void (text.includes('commit') && line.fallSilent())
    await expect(write('unknown')).rejects.toEqual(UNAVAILABLE)
  })

  test('reports a silent network as 503 after a timeout, and recovers', async () => {
    await Promise.all([write('a'), write('b')])
    line.fallSilent()
    const asked = await Promise.allSettled([
      write('c'),
      db.reading((read) => read.selectFrom('notes').selectAll().execute()),
      write('d'),
    ])
    for (const one of asked) expect(one).toEqual({ status: 'rejected', reason: UNAVAILABLE })
    await expect(db.read.selectFrom('notes').selectAll().execute()).rejects.toThrow()
    line.mend()
    await write('e')
    expect(await ids()).toEqual(['a', 'b', 'e'])
  })

  test('releases the locks of a transaction after the network fell silent', async () => {
    await write('a')
    const touch = (tx: Transaction<Schema>, body: string) =>
      tx.updateTable('notes').set({ body }).where('id', '=', 'a').execute()
    const lost = db.transaction(async (tx) => {
      await touch(tx, 'swallowed')
      line.fallSilent()
      await touch(tx, 'never')
    })
    await expect(lost).rejects.toEqual(UNAVAILABLE)
    line.mend()
    await db.transaction((tx) => touch(tx, 'after'))
    const { body } = await db.read.selectFrom('notes').select('body').executeTakeFirstOrThrow()
    expect(body).toBe('after')
  })

  test('cancels a statement that takes too long, and keeps the connection', async () => {
    await expect(db.transaction((tx) => sql`select pg_sleep(5)`.execute(tx))).rejects.toEqual(UNAVAILABLE)
    const busy = sql`select 1 from pg_stat_activity where datname = current_database() and query like '%pg_sleep(5)%'
      and state = 'active' and pid <> pg_backend_pid()`
    await expect.poll(async () => (await busy.execute(opened.db.read)).rows).toEqual([])
    await write('after')
  })

  test('does not limit the time of a migration', async () => {
    await db.engine.script('select pg_sleep(1.2); create table more (id text)')
    expect(await db.for<{ more: { id: string } }>().read.selectFrom('more').selectAll().execute()).toEqual([])
  })
})

describe.skipIf(!server)('failing connection to PostgreSQL', () => {
  const at = (part: 'pathname' | 'username' | 'port', value: string) => {
    const url = new URL(server ?? 'postgres://app@127.0.0.1/none')
    url.password = 'secret'
    url[part] = value
    return url.href
  }
  const urls: [string, string, string, RegExp][] = [
    ['a missing database', at('pathname', '/nowhere'), 'RESOURCE_DOES_NOT_EXIST', /Create it/],
    ['a missing user', at('username', 'nobody'), 'UNAUTHENTICATED', /"nobody"/],
    ['an unreachable server', at('port', '1'), 'TEMPORARILY_UNAVAILABLE', /ECONNREFUSED.*Start it/],
    ['an invalid URL', 'postgres://a b:c', 'INVALID_PARAMETER_VALUE', /Invalid database URL/],
  ]

  test.each(urls)('explains %s', async (_what, url, code, sentence) => {
    const engine = openPostgres(url)
    for (const ask of [() => engine.exclusive(async () => 1), () => engine.snapshot(async () => 1)]) {
      const error = await ask().catch((failure) => failure)
      expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) })
      expect(error.message).not.toContain('secret')
    }
    await engine.close()
  })
})
