import type { Db } from '../db/db.js'
import { migrate } from '../db/migrate.js'
import type { Log } from '../jobs/deliver.js'
import { PollLoop } from '../processes/poll-loop.js'
import { type Announce, Announcer } from './announcer.js'
import { Feed } from './feed.js'
import { EventLog } from './log.js'
import type { EventSchema } from './schema.js'
import { Writers } from './writers.js'

const CHECK_INTERVAL_MS = 5_000

/** Delivers changes to subscribers, across all processes on one database (ADR 15). */
export interface Events {
  readonly announce: Announce
  readonly feed: Feed
  /** Detects processes that ended without writing their changes. */
  check(): Promise<void>
  close(): Promise<void>
}

/** Opens the events. Must be called before the first write of a process, and `close` after its last one. */
export async function openEvents(
  db: Db<unknown>,
  log: Log,
  { now = Date.now, silentMs }: { now?: () => number; silentMs?: number } = {},
): Promise<Events> {
  await migrate(db, 'events', new URL('./migrations/', import.meta.url))
  const events = new EventLog(db.for<EventSchema>(), now)
  await events.open()
  const writers = new Writers(db.for<EventSchema>(), events, silentMs)
  const feed = new Feed(events, log)
  const announcer = new Announcer(events, log, () => feed.wake())
  await writers.register()
  await writers.check()
  const check = async () => {
    if (await writers.check()) feed.wake()
  }
  const poll = new PollLoop({
    turn: check,
    intervalMs: CHECK_INTERVAL_MS,
    onError: (error) => log.warn({ err: error }, 'writers of events could not be read'),
    unref: true,
  })
  poll.start({ immediately: false })
  return {
    announce: announcer.announce,
    feed,
    check,
    async close() {
      await poll.stop()
      feed.close()
      try {
        await announcer.close()
        await writers.unregister()
      } catch (error) {
        // The process stays listed as a writer; others will detect its end and reset their subscribers.
        log.warn({ err: error }, 'the last events could not be written')
      }
    },
  }
}
