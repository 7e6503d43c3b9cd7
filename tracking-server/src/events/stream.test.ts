import type { Subscription } from '@cairn/platform/events/feed'
import { Mailbox } from '@cairn/platform/events/mailbox'
import type { Change } from '@cairn/platform/protocol/cairn/events'
import { expect, test } from 'vitest'
import { type ChangeFilter, eventStream } from './stream.js'

const PACE = { heartbeatMs: 20, minIntervalMs: 0 }
const everything: ChangeFilter = async (noted) => [...noted]

function subscribed() {
  const mailbox = new Mailbox()
  const put = (id: number) => {
    const change: Change = { type: 'run', experiment_id: '0', run_id: `r${id}` }
    mailbox.put([{ id, position: `${id}-x`, subject: `run r${id}`, guarded: { change } }])
  }
  const subscription: Subscription = {
    mailbox,
    position: '0-x',
    reset: false,
    unsubscribe: () => mailbox.close(),
  }
  return { mailbox, put, subscription }
}

test('sends changes, then their position, and a heartbeat while nothing changes', async () => {
  const { mailbox, put, subscription } = subscribed()
  const stream = eventStream(subscription, everything, PACE)
  expect((await stream.next()).value).toBe('retry: 2000\n\nid: 0-x\nevent: ready\ndata: {}\n\n')
  put(1)
  put(2)
  expect((await stream.next()).value).toBe(
    'data: {"type":"run","experiment_id":"0","run_id":"r1"}\n\ndata: {"type":"run","experiment_id":"0","run_id":"r2"}\n\nid: 2-x\n\n',
  )
  expect((await stream.next()).value).toBe(': nothing new\n\n')
  mailbox.close()
  expect((await stream.next()).done).toBe(true)
})

test('advances the position for filtered changes without sending them', async () => {
  const { put, subscription } = subscribed()
  const stream = eventStream(subscription, async () => [], PACE)
  await stream.next()
  put(1)
  expect((await stream.next()).value).toBe('id: 1-x\n\n')
})

test('sends a reset instead of all changes to a client that has not read for long', async () => {
  const { put, subscription } = subscribed()
  const stream = eventStream(subscription, everything, PACE)
  await stream.next()
  for (let id = 1; id <= 100_000; id++) put(id)
  expect((await stream.next()).value).toBe('id: 100000-x\nevent: reset\ndata: {}\n\n')
})

test('ends a stream when its authorization ends', async () => {
  const { put, subscription } = subscribed()
  const stream = eventStream(
    subscription,
    async () => {
      throw new Error('revoked')
    },
    PACE,
  )
  await stream.next()
  put(1)
  await expect(stream.next()).rejects.toThrow('revoked')
})
