import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { missing } from '@cairn/platform/errors'
import { withDuckDb } from '@cairn/platform/tables/duckdb'
import { writeTable } from '@cairn/platform/tables/write'
import { newFolder } from '@cairn/platform/testing/folders'
import { beforeAll, expect, test } from 'vitest'
import { runQuery } from './run-query.js'

const data = newFolder()
const isRoot = process.getuid?.() === 0
const user = isRoot ? { uid: 65_500, gid: 61_184 } : undefined
let blobs: DiskBlobs
const logged: string[] = []

beforeAll(async () => {
  blobs = await DiskBlobs.open(join(data, 'store'))
  await withDuckDb(async (connection) => {
    for (const [name, select] of [
      ['ratings', 'select range % 3 as film, range / 10.0 as rating from range(10)'],
      ['salaries', 'select 1 as salary'],
      ['broken', 'select 1 as a'],
    ] as const)
      await writeTable(blobs, `tables/${name}`, { connection, select, mode: 'overwrite' })
  })
})

/** The catalog as a principal sees it that may read `Main.d.ratings` only. */
const client = async (operation: { id: string }, input: { full_name?: string; table_id?: string }) => {
  const [, name] = /^Main\.d\.(ratings|broken)$/.exec(input.full_name ?? '') ?? []
  if (operation.id === 'getTable' && name) return { table_id: name }
  if (operation.id === 'getTable') throw missing(`Table '${input.full_name}' does not exist.`)
  return { url: blobs.uri(`tables/${input.table_id}`) }
}
const query = (
  text: string,
  parameters: Record<string, string> = {},
  signal = new AbortController().signal,
  as = user,
) =>
  runQuery(
    { text, parameters },
    {
      ...{ client, services: { blobs, config: { data } }, signal },
      log: { info: (line: string) => logged.push(line) },
    } as never,
    as,
  )

test('reads governed tables, and returns the rows of the last query as JSON', async () => {
  const text = `
    select 1;
    with r as (select * from "Main".d.ratings)
    select film, count(*) as n, max(rating) as best, date '2026-01-02' as day, 9007199254740993 as big,
      [1, null] as list, {'a': 'b'} as part, 'x'::blob as bytes
    from r where film = :film group by film -- :film in a comment
  `
  const result = await query(text, { film: '1' })
  expect(result).toEqual({
    columns: ['film', 'n', 'best', 'day', 'big', 'list', 'part', 'bytes'],
    types: ['BIGINT', 'BIGINT', 'DOUBLE', 'DATE', 'BIGINT', 'INTEGER[]', 'STRUCT("a" VARCHAR)', 'BLOB'],
    rows: [
      {
        ...{ film: 1, n: 3, best: 0.7, day: '2026-01-02T00:00:00.000Z', big: '9007199254740993' },
        ...{ list: [1, null], part: { a: 'b' }, bytes: 'eA==' },
      },
    ],
    truncated: false,
  })
  expect(logged).toEqual(['reads Main.d.ratings'])
})

test('keeps the first rows, and does not read the others', async () => {
  const many = await query('select range as n from range(100000000)')
  expect([many.rows.length, many.rows[999], many.truncated]).toEqual([1_000, { n: 999 }, true])
  const wide = await query(`select repeat('x', 50000) as text from range(100)`)
  expect([wide.rows.length, wide.truncated]).toEqual([3, true])
})

test('reads no table that the principal may not read', async () => {
  const text = 'select * from Main.d.ratings where rating > (select max(salary) from main.D.salaries)'
  await expect(query(text)).rejects.toThrow("Table 'main.D.salaries' does not exist.")
})

test('names no folder of the server for a file that is not readable', async () => {
  const folder = join(data, 'store/tables/broken')
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.parquet')))
    writeFileSync(join(folder, file), 'PAR1 but nothing else PAR1')
  const signal = new AbortController().signal
  for (const as of new Set([user, undefined])) {
    const failed = await query('select * from Main.d.broken', {}, signal, as).catch((error: Error) => error)
    expect((failed as Error).message).toMatch(/parquet/i)
    expect((failed as Error).message).not.toContain(data)
  }
})

test('limits the length of messages and logs', async () => {
  const error = await query(`select error(repeat('x', 5000000))`).catch((thrown: Error) => thrown)
  expect((error as Error).message).toHaveLength(4_000)
  await blobs.put('tables/ratings/_delta_log/00000000000000000001.json', Buffer.alloc(9 * 1024 ** 2))
  await expect(query('select * from Main.d.ratings')).rejects.toThrow("the log of table 'ratings' has 94")
  await blobs.delete('tables/ratings/_delta_log/00000000000000000001.json')
})

test.runIf(isRoot)('has the rights of its user, and nothing of the environment of the server', async () => {
  process.env.SECRET_OF_THE_SERVER = 'leaked'
  const slow = 'select sum(sqrt(a.range * b.range)) from Main.d.ratings, range(1000000) a, range(1000000) b'
  const stop = new AbortController()
  const running = query(slow, {}, stop.signal)
  logged.length = 0
  while (logged.length === 0) await sleep(5)
  const pid = childOf('query.process')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
  const cwd = readlinkSync(`/proc/${pid}/cwd`)
  delete process.env.SECRET_OF_THE_SERVER
  expect(readdirSync(cwd)).toEqual(['0.parquet'])
  expect(dirname(cwd)).toBe(join(data, 'cache', 'queries'))
  stop.abort(new Error('stopped'))
  await expect(running).rejects.toThrow('stopped')
  expect(status).toContain('Uid:\t65500\t65500\t65500\t65500')
  expect(status).toMatch(/^Gid:\t61184\t61184\t61184\t61184\n(?:.*\n)*?Groups:\t ?\n/m)
  expect(environment).not.toContain('leaked')
  expect(readdirSync(dirname(cwd))).toEqual([])
})

/** The process id of the child whose command contains `name`. */
function childOf(name: string): string {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ')
  return children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(name))!
}

const onLinux = test.runIf(process.platform === 'linux')

onLinux('has limited memory, and ends before the server when that of the machine runs out', async () => {
  const stop = new AbortController()
  const running = query('select count(*) from range(1000000) a, range(1000000) b', {}, stop.signal)
  const read = (file: string) => readFileSync(`/proc/${childOf('query.process')}/${file}`, 'utf8')
  await expect.poll(() => read('oom_score_adj'), { timeout: 10_000 }).toBe('1000\n')
  await expect
    .poll(() => read('limits'), { timeout: 10_000 })
    .toMatch(/Max data size +3221225472 +3221225472 /)
  stop.abort(new Error('stopped'))
  await expect(running).rejects.toThrow('stopped')
})

test('ends when its signal aborts', async () => {
  const stop = new AbortController()
  const slow = query(
    'select sum(sqrt(a.range * b.range)) from range(1000000) a, range(1000000) b',
    {},
    stop.signal,
  )
  setTimeout(() => stop.abort(new Error('stopped')), 200)
  await expect(slow).rejects.toThrow('stopped')
})
