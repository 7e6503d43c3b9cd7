import { setTimeout as sleep } from 'node:timers/promises'
import { issueAttemptToken } from '@cairn/platform/auth/attempt-token'
import { ApiError } from '@cairn/platform/errors'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { ClaimedAttempt } from '../engine/attempts.js'
import type { TaskFiles } from '../files/task-files.js'
import { jobOf, settingsOf } from '../flow/run-rows.js'
import { readUpstream } from '../flow/run-values.js'
import { findActor } from '../jobs/actor.js'
import type { PipelinesSchema } from '../schema.js'
import type { TaskRegistry } from '../task-kinds/registry.js'
import { cacheKey } from './cache-key.js'

export interface InputDigestsOptions {
  readonly context: ServiceContext
  readonly registry: TaskRegistry
  readonly files: TaskFiles
  readonly serverUrl: () => string
}

const TOKEN_SECONDS = 120
const CHECK_MS = 30_000
/** A worker waits for the answer, and repeats its report after a timeout. */
const CONFIRM_MS = 5_000

/** Digests of the inputs of tasks with a cache, read as the principals that they act as. */
export class InputDigests {
  readonly #options: InputDigestsOptions

  constructor(options: InputDigestsOptions) {
    this.#options = options
  }

  /** @throws INVALID_STATE when reading takes longer than 30 s, and the errors of `cacheKey` */
  keyOf(claimed: ClaimedAttempt, limitMs = CHECK_MS): Promise<string> {
    return inTime(this.#read(claimed, limitMs), limitMs)
  }

  /** Returns whether the inputs still have the digest of the task. Otherwise the result may belong to either. */
  async areUnchanged(claimed: ClaimedAttempt): Promise<boolean> {
    const key = await this.keyOf(claimed, CONFIRM_MS).catch(() => undefined)
    return key === claimed.task.cache_key
  }

  async #read(claimed: ClaimedAttempt, limitMs: number): Promise<string> {
    const { context, registry, files, serverUrl } = this.#options
    const { run, task } = claimed
    const settings = settingsOf(run, task)
    const outputs = await readUpstream(context.db.for<PipelinesSchema>().read, run, task)
    const principal = await findActor(run, settings, context)
    const { tokens } = context
    const { secret, revoke } = await issueAttemptToken(tokens, principal.id, task.task_run_id, TOKEN_SECONDS)
    try {
      return await cacheKey(
        { ...claimed, outputs },
        registry.get(settings),
        {
          ...{ principal, job: jobOf(run), taskKey: task.task_key, writer: run.writer_id },
          ...{ taskRunId: task.task_run_id, attempt: claimed.attempt },
          ...{ client: context.client(secret), server: { url: serverUrl(), token: secret } },
          ...{ services: context, signal: AbortSignal.timeout(limitMs) },
        },
        files,
      )
    } finally {
      await revoke()
    }
  }
}

async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const ended = new AbortController()
  const timeout = async () => {
    await sleep(limitMs, undefined, { signal: ended.signal })
    throw new ApiError('INVALID_STATE', `Its inputs could not be read within ${limitMs / 1000} seconds.`)
  }
  try {
    return await Promise.race([work, timeout()])
  } finally {
    ended.abort()
  }
}
