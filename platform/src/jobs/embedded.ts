import { EventEmitter } from 'node:events'
import type { Db } from '../db/db.js'
import { migrate } from '../db/migrate.js'
import { checkJobId, type Log, parsePayload } from './deliver.js'
import { EmbeddedConsumer } from './embedded-consumer.js'
import type { AddOptions, Consumer, Jobs, Payload, Processor, Queue, WorkOptions } from './jobs.js'
import { QueuedJobs } from './queued-jobs.js'

/**
 * Jobs as rows of the platform's database, without a further server. `add` wakes consumers in the same process. Consumers in
 * other processes poll twice a second.
 */
export class EmbeddedJobs implements Jobs {
  readonly #rows: QueuedJobs
  readonly #log: Log
  readonly #added = new EventEmitter()
  readonly #consumers = new Set<Consumer>()

  private constructor(rows: QueuedJobs, log: Log) {
    this.#rows = rows
    this.#log = log
    this.#added.setMaxListeners(0)
  }

  static async open(db: Db<unknown>, log: Log, now: () => number = Date.now): Promise<EmbeddedJobs> {
    await migrate(db, 'jobs', new URL('./migrations/', import.meta.url))
    return new EmbeddedJobs(new QueuedJobs(db.for(), now), log)
  }

  async add<Q extends Queue>(queue: Q, payload: Payload<Q>, { id, first }: AddOptions): Promise<void> {
    checkJobId(id)
    await this.#rows.add(queue.name, id, parsePayload(queue, payload), first)
    this.#added.emit(queue.name)
  }

  work<Q extends Queue>(queue: Q, processor: Processor<Q>, options: WorkOptions = {}): Consumer {
    const consumer = new EmbeddedConsumer({
      queue,
      processor: processor as Processor<Queue>,
      concurrency: options.concurrency ?? 1,
      rows: this.#rows,
      log: this.#log,
    })
    const wake = () => consumer.wake()
    this.#added.on(queue.name, wake)
    const registered: Consumer = {
      close: async () => {
        this.#added.off(queue.name, wake)
        await consumer.close()
        this.#consumers.delete(registered)
      },
    }
    this.#consumers.add(registered)
    return registered
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()))
  }
}
