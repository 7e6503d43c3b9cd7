import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Db } from '../db/db.js'
import { openDb } from '../db/open.js'
import type { Change } from '../protocol/cairn/events.js'
import { databases } from '../testing/databases.js'
import { silentLog } from '../testing/silent-log.js'
import { type Events, openEvents } from './events.js'
import type { Subscription } from './feed.js'
import { EventLog } from './log.js'
import { type Delivery, Mailbox } from './mailbox.js'
import type { EventSchema } from './schema.js'

const run = (id: string): Change => ({ type: 'run', experiment_id: '1', run_id: id })
const metrics = (id: string, ...keys: string[]): Change => ({
  type: 'metrics',
  experiment_id: '1',
  run_id: id,
  keys,
})

/** Collects what arrives until `enough`. */
async function receive(
  { mailbox }: Subscription,
  enough: (changes: Change[]) => boolean,
): Promise<Delivery[]> {
  const deliveries: Delivery[] = []
  while (!enough(deliveries.flatMap(({ changes }) => changes.map(({ change }) => change)))) {
    const delivery = await mailbox.take(60_000)
    if (!delivery || delivery === 'closed') throw new Error(`only ${JSON.stringify(deliveries)}`)
    deliveries.push(delivery)
  }
  return deliveries
}
const changesOf = (deliveries: readonly Delivery[]) =>
  deliveries.flatMap(({ changes }) => changes.map(({ change }) => change))
const runsOf = (changes: readonly Change[]) => new Set(changes.map((one) => 'run_id' in one && one.run_id))

describe.each(databases)('events on %s', (_name, database) => {
  let url: string
  let db: Db<unknown>
  let close: () => Promise<void>
  let events: Events
  beforeEach(async () => {
    ;({ url, db, close } = await database.open())
    events = await openEvents(db, silentLog)
  })
  afterEach(async () => {
    await events.close()
    await close()
  })
  const rows = () => db.for<EventSchema>().read.selectFrom('events').selectAll().orderBy('id').execute()

  test('delivers changes to subscribers, coalesced by subject', async () => {
    const listening = await events.feed.subscribe()
    for (let i = 0; i < 1000; i++) events.announce(metrics('a', `loss${i % 3}`))
    events.announce(run('b'))
    const changes = changesOf(await receive(listening, (all) => all.length >= 2))
    expect(changes).toEqual([metrics('a', 'loss0', 'loss1', 'loss2'), run('b')])
    expect((await rows()).length).toBe(3) // with the first position
  })

  test('omits the keys of a change when there are too many', async () => {
    const listening = await events.feed.subscribe()
    for (let i = 0; i < 60; i++) events.announce(metrics('a', `m${i}`))
    const [changes] = changesOf(await receive(listening, (all) => all.length > 0))
    expect(changes).toEqual({ type: 'metrics', experiment_id: '1', run_id: 'a' })
  })

  test('covers the steps of all changes of a run, or none if those of one are unknown', async () => {
    const listening = await events.feed.subscribe()
    const steps = (id: string, first_step: number, last_step: number) => ({
      ...metrics(id, 'loss'),
      ...{ first_step, last_step },
    })
    for (const [first, last] of [
      [7, 9],
      [-2, 3],
      [4, 5],
    ] as const)
      events.announce(steps('a', first, last))
    events.announce(steps('b', 1, 2))
    events.announce(metrics('b', 'loss'))
    const changes = changesOf(await receive(listening, (all) => all.length >= 2))
    expect(changes).toEqual([steps('a', -2, 9), metrics('b', 'loss')])
  })

  test('replays changes after a position, also those of an ended process', async () => {
    const { position, unsubscribe } = await events.feed.subscribe()
    unsubscribe()
    events.announce(run('a'))
    await events.close()
    events = await openEvents(db, silentLog)
    const back = await events.feed.subscribe(position)
    expect(back.reset).toBe(false)
    expect(changesOf(await receive(back, (all) => all.length > 0))).toEqual([run('a')])
  })

  test('resets a position that was purged, is invalid or belongs to another history', async () => {
    const { position } = await events.feed.subscribe()
    const [id] = position.split('-')
    for (const other of [`${id}-000000000000`, '999-aabbccddeeff', 'nonsense', '-1', `${'9'.repeat(40)}-00`])
      expect((await events.feed.subscribe(other)).reset, other).toBe(true)
    await db.for<EventSchema>().transaction((tx) => tx.updateTable('events').set({ stamp: 'x' }).execute())
    expect((await events.feed.subscribe(position)).reset).toBe(true)
  })

  test('resets after a process ended without writing its changes', async () => {
    const listening = await events.feed.subscribe()
    const gone = 'x'.concat((await holders())[0]!.slice(1)) // a process of another machine
    await enter(gone)
    await events.check()
    expect(await listening.mailbox.take(50)).toBeUndefined() // it may still be running
    await events.close()
    events = await openEvents(db, silentLog, { silentMs: 0 })
    const again = await events.feed.subscribe(listening.position)
    await events.check()
    await events.check()
    expect(await again.mailbox.take(60_000)).toMatchObject({ reset: true })
    expect(await holders()).toHaveLength(1)
  })

  test('detects a dead process of this machine at the next start', async () => {
    const { position } = await events.feed.subscribe()
    const [namespace, , ...rest] = (await holders())[0]!.split('-')
    await enter([namespace, '4194304', ...rest].join('-')) // beyond the highest process id
    await events.close()
    events = await openEvents(db, silentLog)
    expect(await (await events.feed.subscribe(position)).mailbox.take(60_000)).toMatchObject({ reset: true })
  })

  test('registers again and resets after a live process was considered dead', async () => {
    await db.for<EventSchema>().transaction((tx) => tx.deleteFrom('event_writers').execute())
    const listening = await events.feed.subscribe()
    await events.check()
    expect(await holders()).toHaveLength(1)
    events.feed.wake()
    expect(await listening.mailbox.take(60_000)).toMatchObject({ reset: true })
  })

  test('loses no change of several processes on one database', async () => {
    const others = [openDb<unknown>(url), openDb<unknown>(url), openDb<unknown>(url)]
    const processes = await Promise.all(others.map((one) => openEvents(one, silentLog)))
    const listening = await Promise.all([events, ...processes].map((one) => one.feed.subscribe()))
    const expected = new Set<string>()
    for (let round = 0; round < 40; round++) {
      for (const [i, one] of processes.entries()) {
        expected.add(`p${i}r${round}`)
        one.announce(run(`p${i}r${round}`))
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    for (const one of listening)
      expect(runsOf(changesOf(await receive(one, (all) => runsOf(all).size >= expected.size)))).toEqual(
        expected,
      )
    const ids = (await rows()).map(({ id }) => id)
    expect(ids).toEqual(ids.map((_, i) => i + 1))
    await Promise.all(processes.map((one) => one.close()))
    await Promise.all(others.map((one) => one.close()))
  })

  test('writes changes later that could not be written', async () => {
    const listening = await events.feed.subscribe()
    await db.engine.script('alter table event_log rename to elsewhere')
    events.announce(run('a'))
    await new Promise((resolve) => setTimeout(resolve, 100))
    events.announce(run('b'))
    await db.engine.script('alter table elsewhere rename to event_log')
    expect(changesOf(await receive(listening, (all) => all.length >= 2))).toEqual([run('a'), run('b')])
  })

  test('removes a subscriber whose replay failed', async () => {
    const { position, unsubscribe } = await events.feed.subscribe()
    unsubscribe()
    await db.for<EventSchema>().transaction((tx) => {
      const torn = { id: 2, stamp: 'x', time: 0, subject: 'run a', change: '{', guard: null }
      const last = { ...torn, id: 3, change: JSON.stringify(run('a')) }
      return tx.insertInto('events').values([torn, last]).execute()
    })
    await expect(events.feed.subscribe(position)).rejects.toThrow()
    expect(events.feed.subscribers).toBe(0)
  })

  test('resets when events were purged before they were read', async () => {
    const { position, unsubscribe } = await events.feed.subscribe()
    unsubscribe() // nothing is read until the next subscriber
    const log = new EventLog(db.for<EventSchema>(), Date.now)
    for (const id of ['a', 'b']) await log.append([[`run ${id}`, { change: run(id) }]])
    await db.for<EventSchema>().transaction((tx) => tx.deleteFrom('events').where('id', '=', 2).execute())
    const listening = await events.feed.subscribe(position)
    expect(listening.reset).toBe(false)
    expect(await listening.mailbox.take(60_000)).toMatchObject({ reset: true })
  })

  const holders = async () =>
    (
      await db
        .for<EventSchema>()
        .read.selectFrom('event_writers')
        .select('holder')
        .orderBy('holder')
        .execute()
    ).map(({ holder }) => holder)
  const enter = (holder: string) =>
    db
      .for<EventSchema>()
      .transaction((tx) => tx.insertInto('event_writers').values({ holder, beats: 0 }).execute())
})

test('keeps at most a thousand changes for a subscriber, then resets', async () => {
  const mailbox = new Mailbox()
  const put = (from: number, to: number) => {
    for (let id = from; id < to; id++)
      mailbox.put([{ id, position: `${id}-x`, subject: `run ${id}`, guarded: { change: run(`${id}`) } }])
  }
  put(0, 1000)
  put(0, 1000)
  expect(await mailbox.take(0)).toMatchObject({ reset: false, position: '999-x', changes: { length: 1000 } })
  put(0, 1500)
  expect(await mailbox.take(0)).toEqual({ reset: true, position: '1499-x', changes: [] })
  expect(await mailbox.take(0)).toBeUndefined()
})
