import { Queue as BullQueue, Worker } from 'bullmq'
import { ApiError } from '../errors.js'
import { checkJobId, deliver, type Log, parsePayload, redeliveryDelayMs } from './deliver.js'
import {
  type AddOptions,
  type Consumer,
  type Jobs,
  MAX_DELIVERIES,
  type Payload,
  type Processor,
  type Queue,
  type WorkOptions,
} from './jobs.js'

export interface BullMqOptions {
  /** `redis://…`; Redis ≥ 6.2 or Valkey with `maxmemory-policy noeviction`. */
  readonly url: string
  /** Prefix of all keys. */
  readonly prefix?: string
}

const ADD_TIMEOUT_MS = 5_000
const CLOSE_TIMEOUT_MS = 5_000
const RESPONSE_TIMEOUT_MS = 1_000

/** Jobs on Redis. Finished jobs are deleted; results of the work are in the database. */
export class BullMqJobs implements Jobs {
  readonly #options: Required<BullMqOptions>
  readonly #log: Log
  readonly #queues = new Map<string, BullQueue>()
  readonly #consumers = new Set<Consumer>()

  constructor(options: BullMqOptions, log: Log) {
    this.#options = { prefix: 'cairn', ...options }
    this.#log = log
  }

  async add<Q extends Queue>(
    queue: Q,
    payload: Payload<Q>,
    { id, first = false }: AddOptions,
  ): Promise<void> {
    checkJobId(id)
    const data = parsePayload(queue, payload)
    const adding = this.#queue(queue.name).add(queue.name, data, {
      jobId: `job-${id}`, // BullMQ accepts neither a number nor ':'
      attempts: MAX_DELIVERIES,
      backoff: { type: 'growing' },
      removeOnComplete: true,
      removeOnFail: true,
      lifo: first,
    })
    await withTimeout(adding, ADD_TIMEOUT_MS).catch((cause) => {
      throw new ApiError('TEMPORARILY_UNAVAILABLE', 'The queue cannot be reached at the moment. Try again.', {
        cause,
      })
    })
  }

  work<Q extends Queue>(queue: Q, processor: Processor<Q>, options: WorkOptions = {}): Consumer {
    const running = new Map<string, RunningJob>()
    const worker = new Worker(
      queue.name,
      async (job) => {
        const abort = new AbortController()
        const delivery = {
          id: job.id!.replace(/^job-/, ''),
          payload: job.data,
          attempt: job.attemptsMade + 1,
          signal: abort.signal,
        }
        const done = deliver(queue, processor, delivery, this.#log).finally(() => running.delete(job.id!))
        running.set(job.id!, { abort, done })
        await done
      },
      {
        connection: { url: this.#options.url, maxRetriesPerRequest: null },
        prefix: this.#options.prefix,
        concurrency: options.concurrency ?? 1,
        lockDuration: 15_000,
        stalledInterval: 5_000,
        maxStalledCount: MAX_DELIVERIES,
        settings: { backoffStrategy: redeliveryDelayMs },
      },
    )
    worker.on('error', (error) => this.#log.warn({ queue: queue.name, err: error }, 'error in the queue'))
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) running.get(id)?.abort.abort(new Error('The lease on the job was lost'))
    })
    return this.#register(worker, running)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()))
    await Promise.all(
      [...this.#queues.values()].map((queue) =>
        withTimeout(queue.close(), CLOSE_TIMEOUT_MS).catch(() => undefined),
      ),
    )
    this.#queues.clear()
  }

  #register(worker: Worker, running: ReadonlyMap<string, RunningJob>): Consumer {
    const consumer: Consumer = {
      close: async () => {
        if (!this.#consumers.has(consumer)) return worker.close()
        // While Redis is away, a graceful close of BullMQ never resolves and keeps the process alive.
        const closing = worker.close(!(await this.#isReachable(worker.name)))
        this.#consumers.delete(consumer)
        const jobs = [...running.values()]
        for (const { abort } of jobs) abort.abort(new Error('The consumer is closing'))
        await Promise.allSettled([closing, ...jobs.map(({ done }) => done)])
      },
    }
    this.#consumers.add(consumer)
    return consumer
  }

  #isReachable(name: string): Promise<boolean> {
    return withTimeout(this.#queue(name).isPaused(), RESPONSE_TIMEOUT_MS).then(
      () => true,
      () => false,
    )
  }

  #queue(name: string): BullQueue {
    const known = this.#queues.get(name)
    if (known) return known
    const made = new BullQueue(name, {
      connection: { url: this.#options.url, maxRetriesPerRequest: 1 },
      prefix: this.#options.prefix,
    })
    made.on('error', (error) => this.#log.warn({ queue: name, err: error }, 'the queue reports an error'))
    this.#queues.set(name, made)
    return made
  }
}

interface RunningJob {
  readonly abort: AbortController
  readonly done: Promise<void>
}

async function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No response within ${milliseconds} ms`)), milliseconds)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
