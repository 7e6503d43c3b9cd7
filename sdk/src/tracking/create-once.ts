import { mayRetry, retryDelayMs, sleep } from '../http/retry.js'

/**
 * Tag with the client-generated id of a run, logged model or version. It serves as the idempotency key that the protocol
 * lacks for creations: a repeated creation finds the first one by its tag.
 */
export const CLIENT_ID_TAG = 'cairn.client_id'

/** Search filter, in MLflow's filter language, for the entity with client id `id`. */
export const clientIdFilter = (id: string) => `tags.\`${CLIENT_ID_TAG}\` = '${id}'`

export interface CreateOnceOptions<T> {
  create(): Promise<T>
  find(): Promise<T | undefined>
}

/** Creates once, even if a response is lost: before each retry, checks whether the previous attempt succeeded. */
export async function createOnce<T>({ create, find }: CreateOnceOptions<T>, attempts = 5): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await create()
    } catch (error) {
      if (attempt >= attempts || !mayRetry(error, true)) throw error
      await sleep(retryDelayMs(attempt, null))
      const found = await find()
      if (found !== undefined) return found
    }
  }
}

export async function firstItem<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item
  return undefined
}
