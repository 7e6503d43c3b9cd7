import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, messageOf } from '@cairn/platform/errors'
import type { Log } from '@cairn/platform/jobs/deliver'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import {
  type AssignedAttempt,
  ClaimAttempt,
  RegisterWorker,
  RemoveWorker,
  RenewAttempts,
  WORKER_PROTOCOL,
} from '@cairn/platform/protocol/cairn/workers'
import type { Output } from '@cairn/platform/protocol/operation'
import type { TaskRegistry } from '../task-kinds/registry.js'
import type { ServerConnection } from './connection.js'
import { RemoteAttempt } from './remote-attempt.js'

export interface RemoteWorkerOptions {
  readonly connection: ServerConnection
  /** The kinds that it executes. @param workerId of the worker, which may change */
  readonly registry: (workerId: () => string) => TaskRegistry
  readonly name: string
  readonly version: string
  readonly labels: readonly string[]
  readonly concurrency: number
  readonly log: Log
}

const WAIT_SECONDS = 20
const RENEW_MS = 2_000
const PAUSE_MS = 1_000
/** The part of the lease after which attempts are aborted, before another worker starts them. */
const ABORT_AFTER = 0.75

/** Permanent errors: of the token, the rights or the version. */
const isFatal = (error: unknown) => error instanceof ApiError && [400, 401, 403].includes(error.statusCode)

const isForgotten = (error: unknown) => error instanceof ApiError && error.statusCode === 404

/** Executes attempts that it claims from a server over HTTP. It has neither the database nor the stores. */
export class RemoteWorker {
  readonly #options: RemoteWorkerOptions
  readonly #registry: TaskRegistry
  readonly #running = new Map<string, RemoteAttempt>()
  readonly #closing = new AbortController()
  readonly #renewal: PollLoop
  readonly #claiming: Promise<void>
  #registered: Output<typeof RegisterWorker>

  /** Resolves when the worker is closed. Rejects when the server rejects the worker. */
  readonly ended: Promise<void>

  /** Registers a worker. @throws the reason why the server cannot be reached or rejects it */
  static async start(options: RemoteWorkerOptions): Promise<RemoteWorker> {
    return new RemoteWorker(options, await register(options))
  }

  private constructor(options: RemoteWorkerOptions, registered: Output<typeof RegisterWorker>) {
    this.#options = options
    this.#registered = registered
    this.#registry = options.registry(() => this.#registered.worker_id)
    this.#renewal = new PollLoop({
      turn: () => this.#renew(),
      intervalMs: RENEW_MS,
      maxIntervalMs: RENEW_MS, // backing off would let the leases expire
      onError: (error) => options.log.warn({ err: error }, 'cannot renew the leases of tasks'),
    })
    this.#renewal.start()
    this.#claiming = this.#claimAll()
    this.ended = this.#claiming.finally(() => this.#end())
    this.ended.catch(() => undefined) // callers may await it later
  }

  /** Interrupts the running tasks, which are queued again. */
  close(): Promise<void> {
    this.#closing.abort()
    return this.ended
  }

  async #end() {
    this.#closing.abort()
    const { log, connection } = this.#options
    const running = [...this.#running.values()]
    for (const attempt of running) attempt.stop('INTERRUPTED')
    await Promise.all(running.map(({ done }) => done))
    await this.#renewal.stop()
    const { worker_id } = this.#registered
    await connection.call(RemoveWorker, { worker_id }).catch((error) => {
      log.warn({ err: error }, 'cannot remove the worker from the server')
    })
  }

  /** @throws permanent errors */
  async #claimAll() {
    const { concurrency } = this.#options
    const { signal } = this.#closing
    while (!signal.aborted) {
      if (this.#running.size >= concurrency) {
        await Promise.race([...this.#running.values()].map(({ done }) => done))
        continue
      }
      const claimedAt = performance.now()
      const assigned = await this.#claim(signal).catch((error) => this.#recover(error))
      if (assigned && !signal.aborted) this.#start(assigned, claimedAt)
    }
  }

  /** Waits before the next claim. @throws permanent errors */
  async #recover(error: unknown): Promise<undefined> {
    if (this.#closing.signal.aborted) return
    if (isForgotten(error)) return this.#registerAgain()
    if (isFatal(error)) throw error
    this.#options.log.warn({ reason: messageOf(error) }, 'cannot claim a task')
    await this.#pause()
  }

  #pause(): Promise<unknown> {
    return sleep(PAUSE_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined)
  }

  async #claim(signal: AbortSignal): Promise<AssignedAttempt | undefined> {
    const { worker_id } = this.#registered
    const input = { worker_id, wait_seconds: WAIT_SECONDS }
    const timeoutMs = (WAIT_SECONDS + 10) * 1000
    return (await this.#options.connection.call(ClaimAttempt, input, { timeoutMs, signal })).assigned
  }

  #start(assigned: AssignedAttempt, claimedAt: number) {
    const { connection, log } = this.#options
    const attempt = new RemoteAttempt(assigned, {
      ...{ connection, log, registry: this.#registry },
      ...{ workerId: this.#registered.worker_id, claimedAt },
      onEnd: () => this.#running.delete(attempt.name),
    })
    this.#running.set(attempt.name, attempt)
    this.#renewal.wake() // the lease began when the claim was sent
  }

  async #registerAgain(): Promise<undefined> {
    const { log } = this.#options
    log.warn('the server has forgotten the worker; registering again')
    for (const attempt of this.#running.values()) attempt.abandon()
    try {
      this.#registered = await register(this.#options)
    } catch (error) {
      if (isFatal(error)) throw error
      await this.#pause()
    }
  }

  async #renew() {
    const running = [...this.#running.values()]
    if (running.length === 0) return
    const { worker_id, lease_ms } = this.#registered
    const at = performance.now()
    try {
      const attempts = running.map(({ key }) => key)
      const { stop } = await this.#options.connection.call(RenewAttempts, { worker_id, attempts })
      for (const attempt of running) attempt.renewedAt = at
      for (const { reason, ...key } of stop) {
        const attempt = running.find((one) => one.isOf(key))
        if (reason === 'LOST') attempt?.abandon()
        else attempt?.stop(reason)
      }
    } catch (error) {
      const latest = performance.now() - lease_ms * ABORT_AFTER
      for (const attempt of running) if (attempt.renewedAt < latest || isForgotten(error)) attempt.abandon()
      throw error
    }
  }
}

async function register({ connection, name, version, labels, concurrency }: RemoteWorkerOptions) {
  const facts = { name, version, labels: [...labels], concurrency, protocol: WORKER_PROTOCOL }
  try {
    return await connection.call(RegisterWorker, facts)
  } catch (error) {
    if (!isForgotten(error)) throw error
    throw new ApiError(
      'FAILED_PRECONDITION',
      `The server ${connection.server} does not take workers over HTTP: install the same release on both.`,
      { cause: error },
    )
  }
}
