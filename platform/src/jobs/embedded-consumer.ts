import { PollLoop } from '../processes/poll-loop.js'
import { newProcessId } from '../processes/process-id.js'
import { deliver, type Log } from './deliver.js'
import type { Consumer, Processor, Queue } from './jobs.js'
import { LEASE_MS, type QueuedJobRow, type QueuedJobs } from './queued-jobs.js'

const POLL_MS = 500
const RENEW_MS = LEASE_MS / 3

interface ConsumerOptions {
  readonly queue: Queue
  readonly processor: Processor<Queue>
  readonly concurrency: number
  readonly rows: QueuedJobs
  readonly log: Log
}

/** A consumer of the embedded queue: polls, claims jobs up to its concurrency, and renews their leases. */
export class EmbeddedConsumer implements Consumer {
  readonly #options: ConsumerOptions
  readonly #holder = newProcessId()
  readonly #running = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>()
  readonly #renewal: NodeJS.Timeout
  readonly #poll: PollLoop
  #isClosing = false

  constructor(options: ConsumerOptions) {
    this.#options = options
    this.#poll = new PollLoop({
      turn: () => this.#claimDue(),
      intervalMs: POLL_MS,
      onError: (error) =>
        options.log.warn({ queue: options.queue.name, err: error }, 'the queue cannot be read at the moment'),
    })
    this.#renewal = setInterval(() => void this.#renew(), RENEW_MS)
    this.#renewal.unref()
    this.#poll.start()
  }

  /** Polls now instead of at the next interval. */
  wake(): void {
    this.#poll.wake()
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#poll.stop()
    for (const { abort } of this.#running.values()) abort.abort(new Error('The consumer is closing'))
    await Promise.all([...this.#running.values()].map((job) => job.done))
    clearInterval(this.#renewal)
  }

  async #claimDue() {
    const { rows, queue, concurrency } = this.#options
    await rows.releaseGone(queue.name)
    const isAnyDue = await rows.isAnyDue(queue.name)
    const free = concurrency - this.#running.size
    if (!isAnyDue || free <= 0 || this.#isClosing) return
    for (const job of await rows.claim(queue.name, this.#holder, free)) this.#start(job)
  }

  #start(job: QueuedJobRow) {
    const abort = new AbortController()
    const done = this.#process(job, abort.signal).finally(() => {
      this.#running.delete(job.id)
      this.wake()
    })
    this.#running.set(job.id, { abort, done })
  }

  async #process(job: QueuedJobRow, signal: AbortSignal) {
    const { queue, processor, rows, log } = this.#options
    const { id, deliveries: attempt } = job
    try {
      try {
        await deliver(queue, processor, { id, payload: JSON.parse(job.payload), attempt, signal }, log)
      } catch {
        return await rows.giveBack(this.#holder, job, { pause: !signal.aborted })
      }
      await rows.done(queue.name, this.#holder, id)
    } catch (error) {
      // At-least-once: its lease expires and it is delivered again.
      log.warn({ queue: queue.name, job_id: id, err: error }, 'the result of a job could not be stored')
    }
  }

  async #renew() {
    const { queue, rows, log } = this.#options
    const ids = [...this.#running.keys()]
    if (ids.length === 0) return
    try {
      const renewed = await rows.renew(queue.name, this.#holder, ids)
      for (const id of ids)
        if (!renewed.has(id)) this.#running.get(id)?.abort.abort(new Error('The lease on the job was lost'))
    } catch (error) {
      log.warn({ queue: queue.name, err: error }, 'leases could not be renewed')
    }
  }
}
