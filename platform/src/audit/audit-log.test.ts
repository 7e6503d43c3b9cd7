import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AuthSchema } from '../auth/schema.js'
import { type TestAuth, testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import { AuditLog } from './audit-log.js'
import type { EventKey } from './budgets.js'
import type { PendingEvent } from './event.js'

const ROWS_PER_MINUTE = 5
const MAX_ENTRIES = 2_000

describe.each(databases)('the audit log on %s', (_, database) => {
  let auth: TestAuth
  let log: AuditLog
  let number = 0
  const errors: unknown[] = []
  beforeAll(async () => {
    auth = await testAuth(database)
  })
  afterAll(() => auth.close())
  beforeEach(async () => {
    await auth.db.for<AuthSchema>().transaction((tx) => tx.deleteFrom('audit_events').execute())
    auth.clock.now = 1_800_000_000_000 - (1_800_000_000_000 % 60_000) + 1_000 * ++number
    log = new AuditLog({
      ...{ db: auth.db.for(), authorizer: auth.authorizer, now: () => auth.clock.now },
      ...{ rowsPerMinute: ROWS_PER_MINUTE, maxEntries: MAX_ENTRIES, onError: (error) => errors.push(error) },
    })
  })

  const event = (more: Partial<PendingEvent> = {}): PendingEvent => ({
    ...{ time: auth.clock.now, requestId: 'r', service: 's', action: 'getRun', caller: undefined },
    ...{ authentication: 'none', address: '127.0.0.1', userAgent: 'test', params: {}, status: 200 },
    ...{ outcome: 'success', decisions: [], named: [], changes: [] },
    ...more,
  })
  const count = (
    details: string,
    { outcome = 'success' as PendingEvent['outcome'], ...more }: Partial<EventKey & PendingEvent> = {},
  ) => {
    const key = { payer: 'ada', isKnown: true, action: 'getRun', proof: '', objects: '', ...more }
    log.count({ ...key, details, isSuccess: outcome === 'success' }, () =>
      event({ outcome, requestId: details, ...more }),
    )
  }
  const rows = () =>
    auth.db
      .for<AuthSchema>()
      .read.selectFrom('audit_events')
      .select(['request_id', 'action_name', 'outcome', 'count', 'last_time'])
      .orderBy('event_time')
      .orderBy('request_id')
      .execute()

  test('counts equal events of a minute in one row, and those of the next in another', async () => {
    count('run 1')
    count('run 2')
    auth.clock.now += 10
    count('run 1')
    await log.flush()
    expect(await rows()).toMatchObject([
      { request_id: 'run 1', count: 2, last_time: auth.clock.now },
      { request_id: 'run 2', count: 1 },
    ])
    count('run 1')
    await log.flush()
    expect((await rows())[0]).toMatchObject({ count: 3 })
    auth.clock.now += 60_000
    count('run 1')
    await log.flush()
    expect((await rows()).map((row) => row.count)).toEqual([3, 1, 1])
  })

  test('bounds the rows of refusals of a caller, and counts the further ones in one row', async () => {
    for (let i = 0; i < 2_000; i++) count(`run ${i}`, { outcome: 'denied' })
    count('run 0', { outcome: 'denied', payer: 'bo' })
    count('run 0')
    await log.flush()
    const all = await rows()
    expect(all).toHaveLength(ROWS_PER_MINUTE + 3)
    const further = all.filter(({ action_name }) => action_name === 'furtherRefusals')
    expect(further).toMatchObject([{ outcome: 'denied', count: 2_000 - ROWS_PER_MINUTE }])
    auth.clock.now += 60_000
    count('run 1', { outcome: 'denied' })
    await log.flush()
    expect(await rows()).toHaveLength(ROWS_PER_MINUTE + 4)
  })

  test('keeps the operation of successes beyond a higher bound', async () => {
    for (let i = 0; i < 100; i++) count(`run ${i}`)
    await log.flush()
    const all = await rows()
    expect(all).toHaveLength(10 * ROWS_PER_MINUTE + 1)
    expect(all.find((row) => row.count === 50)).toMatchObject({ action_name: 'getRun', outcome: 'success' })
  })

  test('nobody can hide an object behind another operation, or a token behind another one', async () => {
    for (let i = 0; i < 1_000; i++) count(`path ${i}`, { action: 'searchRuns', objects: `run ${i}` })
    count('run 1')
    for (let i = 0; i < 100; i++)
      count(`part ${i}`, { objects: 'table', subject: { type: 'table', id: 't' } })
    for (let i = 0; i < 20; i++) count(`refused ${i}`, { outcome: 'denied' })
    count('refused 1', { outcome: 'denied', proof: 'stolen', address: '203.0.113.7' })
    await log.flush()
    const all = await auth.db.for<AuthSchema>().read.selectFrom('audit_events').selectAll().execute()
    expect(all.some((row) => row.request_id === 'run 1')).toBe(true)
    const parts = all.filter((row) => row.object_id === 't')
    expect(parts.reduce((sum, row) => sum + row.count, 0)).toBe(100)
    const stolen = all.filter((row) => row.source_ip_address === '203.0.113.7')
    expect(stolen).toMatchObject([{ action_name: 'furtherRefusals', count: 1 }])
  })

  test('bounds the rows of all callers that are not known, and the keys in memory', async () => {
    for (let i = 0; i < 2_000; i++)
      count(`run ${i}`, { outcome: 'denied', payer: `10.0.${i >> 8}.${i & 255}`, isKnown: false })
    await log.flush()
    const bound = 2 * 10 * ROWS_PER_MINUTE + 1
    expect(await rows()).toHaveLength(bound)
    expect((await rows()).reduce((sum, row) => sum + row.count, 0)).toBe(2_000)
    for (let i = 0; i < 5_000; i++) count('run', { payer: `user ${i}` })
    await log.flush()
    const [{ rows: written, sum } = { rows: 0, sum: 0 }] = await auth.db
      .for<AuthSchema>()
      .read.selectFrom('audit_events')
      .select((eb) => [eb.fn.countAll<number>().as('rows'), eb.fn.sum<number>('count').as('sum')])
      .execute()
    expect([Number(written) <= 2 * MAX_ENTRIES + 1, Number(sum)]).toEqual([true, 7_000])
  })

  test('keeps what it could not write, and a committed event fails with the database', async () => {
    count('run 1')
    await auth.db.engine.script('alter table audit_events rename to elsewhere')
    await expect(log.flush()).rejects.toThrow()
    await expect(log.commit(event())).rejects.toThrow()
    auth.clock.now += 60_000
    count('run 2')
    await expect(log.flush()).rejects.toThrow()
    await auth.db.engine.script('alter table elsewhere rename to audit_events')
    await log.flush()
    expect((await rows()).map(({ request_id }) => request_id)).toEqual(['run 1', 'run 2'])
  })

  test('writes what was counted in the background, and when it is closed', async () => {
    log.start()
    count('run 1')
    await expect.poll(rows).toHaveLength(1)
    count('run 2')
    await log.close()
    expect(await rows()).toHaveLength(2)
    expect(errors).toEqual([])
  })

  test('a committed event is durable when commit resolves, with text that PostgreSQL refuses left out', async () => {
    await log.commit(event({ requestId: 'c', subject: { type: 'user', id: 'u', name: 'a\0b\ud800' } }))
    const [row] = await auth.db.for<AuthSchema>().read.selectFrom('audit_events').selectAll().execute()
    expect(row).toMatchObject({ request_id: 'c', object_type: 'user', object_name: 'ab', count: 1 })
  })

  test('a row that can never be stored is reported, and stops no other', async () => {
    const bad = { requestId: 'bad', action: undefined as unknown as string }
    count('run 1')
    count('', bad)
    count('run 2')
    await log.flush()
    await log.commit(event(bad))
    count('run 3')
    await log.flush()
    expect((await rows()).map(({ request_id }) => request_id)).toEqual(['run 1', 'run 2', 'run 3'])
    expect(errors.splice(0).map(String)).toEqual(Array(2).fill(expect.stringContaining('of request bad')))
  })

  test('bounds the bytes of every text, so that its indexes can hold them', async () => {
    const long = Array.from({ length: 4_000 }, (_, i) =>
      String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000)),
    ).join('')
    const caller = { id: long, type: 'user', name: long } as const
    const changes = [{ field: long, added: Array(1_000).fill(long) }]
    await log.commit(
      event({
        ...{ caller, changes, requestId: long, userAgent: long },
        address: long,
        subject: { type: long, id: `\0${long}`, name: long },
      }),
    )
    const [row] = await auth.db.for<AuthSchema>().read.selectFrom('audit_events').selectAll().execute()
    for (const value of [row!.principal, row!.object_id!, row!.object_name!, row!.request_id]) {
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(1_024)
      expect(long.startsWith(value)).toBe(true)
    }
    expect(row!.object_id!.length).toBe(341)
    expect(row!.changes!.length).toBeLessThan(50_000)
  })
})
