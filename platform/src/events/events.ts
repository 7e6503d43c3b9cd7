import type { Db } from '../db/db.js'
import { migrate } from '../db/migrate.js'
import type { Log } from '../jobs/deliver.js'
import { PollLoop } from '../processes/poll-loop.js'
import { type Announce, Announcer } from './announcer.js'
import { Feed } from './feed.js'
import { EventLog } from './log.js'
import type { EventSchema } from './schema.js'
import { Writers } from './writers.js'

const LOOK_EVERY_MS = 5_000

/** What changes, told to who listens, across all processes on one database (ADR 15). */
export interface Events {
  readonly announce: Announce
  readonly feed: Feed
  /** Looks for processes that ended without saying what they had changed. */
  look(): Promise<void>
  close(): Promise<void>
}

/** Opened before the first write of a process and closed after its last. */
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
  const announcer = new Announcer(events, log, () => feed.look())
  await writers.enter()
  await writers.look()
  const look = async () => {
    if (await writers.look()) feed.look()
  }
  const poll = new PollLoop({
    turn: look,
    intervalMs: LOOK_EVERY_MS,
    onError: (error) => log.warn({ err: error }, 'writers of events could not be read'),
    unref: true,
  })
  poll.start({ immediately: false })
  return {
    announce: announcer.announce,
    feed,
    look,
    async close() {
      await poll.stop()
      feed.close()
      try {
        await announcer.close()
        await writers.leave()
      } catch (error) {
        // Still listed as a writer, it is found to be gone, and whoever listens reads anew.
        log.warn({ err: error }, 'the last events could not be written')
      }
    },
  }
}
