import { openEvents } from '@cairn/platform/events/events'
import type { Change } from '@cairn/platform/protocol/cairn/events'
import { databases } from '@cairn/platform/testing/databases'
import { silentLog } from '@cairn/platform/testing/silent-log'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ChangeListener } from './change-listener.js'

describe.each(databases)('the change listener on %s', (_name, database) => {
  test('calls back for each change of models and endpoints, and for no other', async () => {
    const { db, close } = await database.open()
    onTestFinished(() => close())
    const events = await openEvents(db, silentLog)
    onTestFinished(() => events.close())
    let calls = 0
    const listener = new ChangeListener(events.feed, () => calls++, silentLog)
    await listener.start()
    const changes: Change[] = [
      { type: 'model_alias', name: 'movies', alias: 'champion' },
      { type: 'run', experiment_id: '1', run_id: 'a' },
      { type: 'endpoint', name: 'e' },
    ]
    const expected = [1, 1, 2]
    for (const [i, change] of changes.entries()) {
      const watcher = await events.feed.subscribe()
      events.announce(change)
      await watcher.mailbox.take(60_000) // delivered to the listener before
      watcher.unsubscribe()
      await expect.poll(() => calls).toBe(expected[i])
    }
    listener.stop()
    expect(events.feed.subscribers).toBe(0)
  })
})
