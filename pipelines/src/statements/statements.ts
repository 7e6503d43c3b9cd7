import type { Principal } from '@cairn/platform/auth/principal'
import { ApiError, messageOf } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import { Semaphore } from '@cairn/platform/processes/semaphore'
import type { Client } from '@cairn/platform/protocol/client'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyBaseLogger } from 'fastify'
import type { Query } from '../tasks/sql/query.process.js'
import { type QueryUsers, withQueryUser } from '../tasks/sql/query-user.js'
import type { EndedStatement, StatementStore } from './store.js'

const WAITING = 32
const PER_PRINCIPAL = 4
const MAX_MS = 600_000
const TOUCH_MS = 2_000

interface StatementsOptions {
  readonly store: StatementStore
  readonly context: ServiceContext
  readonly users: QueryUsers
  readonly log: FastifyBaseLogger
}

interface RunningStatement {
  readonly principalId: string
  readonly controller: AbortController
  isStored: boolean
  ended?: Promise<void>
}

/** Runs statements of callers, some at once. */
export class Statements {
  readonly #options: StatementsOptions
  readonly #running = new Map<string, RunningStatement>()
  readonly #semaphore: Semaphore
  /** One for each principal with a statement, so that no principal occupies all processes. */
  readonly #turns = new Map<string, Semaphore>()
  readonly #loop: PollLoop

  constructor(options: StatementsOptions) {
    this.#options = options
    this.#semaphore = new Semaphore(options.context.config.sql_concurrency)
    this.#loop = new PollLoop({
      turn: () => this.#touch(),
      intervalMs: TOUCH_MS,
      maxIntervalMs: TOUCH_MS,
      onError: (error) => options.log.error({ err: error }, 'running statements not reported'),
      unref: true,
    })
  }

  start(): void {
    this.#loop.start()
  }

  /**
   * @param client of the principal, whose rights decide about each table
   * @returns the id, and a promise that resolves when the statement has ended
   * @throws RESOURCE_EXHAUSTED; FEATURE_DISABLED
   */
  async execute(
    principal: Principal,
    client: Client,
    query: Query,
  ): Promise<{ readonly id: string; readonly ended: Promise<void> }> {
    const { sql_concurrency: atOnce } = this.#options.context.config
    if (atOnce === 0)
      throw new ApiError(
        'FEATURE_DISABLED',
        'This server runs no SQL statements: its administrator has set CAIRN_SQL_CONCURRENCY=0.',
      )
    const own = this.#ofPrincipal(principal)
    if (own.length >= PER_PRINCIPAL || this.#running.size >= atOnce + WAITING)
      throw new ApiError(
        'RESOURCE_EXHAUSTED',
        own.length >= PER_PRINCIPAL
          ? `You have ${own.length} statements running. Wait for one to end, or cancel it.`
          : 'The server runs many statements. Try again later.',
      )
    const id = newId()
    const controller = new AbortController()
    const running: RunningStatement = { principalId: principal.id, controller, isStored: false }
    this.#running.set(id, running)
    try {
      await this.#options.store.create(id, principal.id)
    } catch (error) {
      this.#running.delete(id)
      throw error
    }
    running.isStored = true
    const ended = this.#run(principal, client, query, controller.signal)
      .then((end) => this.#options.store.end(id, end))
      .catch((error: unknown) =>
        this.#options.log.error({ err: error }, 'the end of a statement is not stored'),
      )
      .finally(() => {
        this.#running.delete(id)
        if (this.#ofPrincipal(principal).length === 0) this.#turns.delete(principal.id)
      })
    running.ended = ended
    return { id, ended }
  }

  /** Another server that runs it sees its state within seconds. */
  async cancel(id: string): Promise<void> {
    await this.#options.store.end(id, { state: 'CANCELED', error: null, result: null })
    this.#running.get(id)?.controller.abort(new ApiError('INVALID_STATE', 'The statement was canceled.'))
  }

  /** Ends the statements, and stores that they have ended. */
  async close(): Promise<void> {
    await this.#loop.stop()
    const running = [...this.#running.values()]
    for (const { controller } of running)
      controller.abort(new ApiError('TEMPORARILY_UNAVAILABLE', 'The server stops. Run the statement again.'))
    await Promise.all(running.map(({ ended }) => ended))
  }

  async #run(
    principal: Principal,
    client: Client,
    query: Query,
    canceled: AbortSignal,
  ): Promise<EndedStatement> {
    const { context, users, log } = this.#options
    const signal = AbortSignal.any([canceled, AbortSignal.timeout(MAX_MS)])
    try {
      const { runQuery } = await import('../tasks/sql/run-query.js')
      const work = () =>
        withQueryUser(users, principal.id, 'statement', (user) =>
          runQuery(query, { client, services: context, signal, log: { info: () => undefined } }, user),
        )
      const result = await this.#turnOf(principal).run(() => this.#semaphore.run(work, signal), signal)
      return { state: 'SUCCEEDED', error: null, result: JSON.stringify(result) }
    } catch (error) {
      if (!(error instanceof ApiError) && !isTimeout(error)) log.error({ err: error }, 'a statement failed')
      return { state: 'FAILED', error: JSON.stringify(describe(error)), result: null }
    }
  }

  #ofPrincipal({ id }: Principal): RunningStatement[] {
    return [...this.#running.values()].filter(({ principalId }) => principalId === id)
  }

  #turnOf({ id }: Principal): Semaphore {
    const turn = this.#turns.get(id) ?? new Semaphore(1)
    this.#turns.set(id, turn)
    return turn
  }

  async #touch(): Promise<void> {
    const ids = [...this.#running].flatMap(([id, { isStored }]) => (isStored ? [id] : []))
    if (ids.length === 0) return
    const left = await this.#options.store.touch(ids)
    for (const id of ids)
      if (!left.has(id)) this.#running.get(id)?.controller.abort(new ApiError('INVALID_STATE', 'Canceled.'))
  }
}

const isTimeout = (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError'

/** The error of a statement in Databricks' words. */
function describe(error: unknown): { readonly error_code: string; readonly message: string } {
  if (isTimeout(error))
    return {
      error_code: 'DEADLINE_EXCEEDED',
      message: `The statement did not end within ${MAX_MS / 60_000} minutes, including its wait for others.`,
    }
  if (!(error instanceof ApiError))
    return {
      error_code: 'INTERNAL_ERROR',
      message: 'The statement failed. The log of the server has the reason.',
    }
  return {
    error_code: errorCodeOf(error),
    message: messageOf(error),
  }
}

function errorCodeOf({ code }: ApiError): string {
  if (code === 'TEMPORARILY_UNAVAILABLE') return code
  return /NOT_FOUND|DOES_NOT_EXIST/.test(code) ? 'NOT_FOUND' : 'BAD_REQUEST'
}
