import Database from 'better-sqlite3'
import { Kysely, SqliteDialect, sql } from 'kysely'
import { expect, test } from 'vitest'
import { GroupCommit } from './group-commit.js'

test('writes that arrive together share a commit, and are answered before the log is looked at', async () => {
  const handle = new Database(':memory:')
  handle.exec('create table words (word text)')
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
  expect(handle.prepare('select word from words').pluck().all()).toEqual(['one', 'two', 'three'])
})
