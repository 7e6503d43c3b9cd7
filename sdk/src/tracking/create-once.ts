import { mayRetry, retryDelayMs, sleep } from '../http/retry.js'

/**
 * The tag that carries the id which the maker of a run, logged model or version gave it. The protocol has no idempotency
 * key for creations; with the mark, a creation that is repeated finds the first.
 */
export const MARK = 'cairn.client_id'

/** The filter of a search, in MLflow's language, for what carries `id`. */
export const markedWith = (id: string) => `tags.\`${MARK}\` = '${id}'`

export interface Creation<T> {
  create(): Promise<T>
  find(): Promise<T | undefined>
}

/** Creates once, even when answers get lost: before it tries again it looks whether the first try arrived. */
export async function createOnce<T>({ create, find }: Creation<T>, attempts = 5): Promise<T> {
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

export async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item
  return undefined
}
