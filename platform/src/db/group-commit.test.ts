import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Database as DatabaseHandle } from 'better-sqlite3'
import { Kysely, SqliteDialect, sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { Database } from './better-sqlite3.js'
import { GroupCommit } from './group-commit.js'

let handle: DatabaseHandle
beforeEach(() => {
  handle = new Database(':memory:')
  handle.exec('create table words (word text)')
})
const words = () => handle.prepare('select word from words').pluck().all()

test('commits concurrent writes together and resolves them before the checkpoint', async () => {
  const happened: string[] = []
  const commits = new GroupCommit(
    handle,
    new Kysely({ dialect: new SqliteDialect({ database: handle }) }),
    () => happened.push(handle.inTransaction ? 'looked within' : 'looked'),
  )
  const write = async (word: string) => {
    await commits.submit((tx) => sql`insert into words values (${word})`.execute(tx))
    happened.push(word)
  }
  await Promise.all([write('one'), write('two')])
  await commits.drain()
  await write('three')
  await commits.drain()
  expect(happened).toEqual(['one', 'two', 'looked', 'three', 'looked'])
  expect(words()).toEqual(['one', 'two', 'three'])
})

test.each([0, 1])('rolls back only the write that fails, with %i others', async (others) => {
  const kysely = new Kysely({ dialect: new SqliteDialect({ database: handle }) })
  const commits = new GroupCommit(handle, kysely, () => {})
  const insert = (word: string) =>
    commits.submit(async (tx) => {
      await sql`insert into words values (${word})`.execute(tx)
      if (word === 'bad') throw new Error('it failed')
    })
  const outcomes = await Promise.allSettled(['bad', ...(others ? ['good'] : [])].map(insert))
  expect(outcomes[0]).toEqual({ status: 'rejected', reason: new Error('it failed') })
  await insert('later')
  expect(words()).toEqual([...(others ? ['good'] : []), 'later'])
})

test('clients that connect at once share a few commits', async () => {
  let groups = 0
  const kysely = new Kysely({ dialect: new SqliteDialect({ database: handle }) })
  const commits = new GroupCommit(handle, kysely, () => groups++)
  const server = createServer(async (_request, response) => {
    await commits.submit((tx) => sql`insert into words values ('one')`.execute(tx))
    response.end('written')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const answers = Array.from({ length: 50 }, () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: cairn\r\nConnection: close\r\n\r\n')
    return buffer(socket)
  })
  for (const answer of await Promise.all(answers)) expect(String(answer)).toContain('written')
  server.close()
  expect(words()).toHaveLength(50)
  expect(groups).toBeLessThan(25)
})
