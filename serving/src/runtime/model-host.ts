import type { ModelQuery } from './messages.js'
import type { Prediction, QueryOptions } from './request-queue.js'
import type { LoadedModel } from './responder.js'

/** A loaded model outside of this thread: in a worker thread or a separate process. */
export interface ModelHost {
  readonly description: LoadedModel
  /** Why the model has stopped; undefined while it answers. */
  readonly failure: string | undefined
  /** Returns whether it has more requests than it can answer in time: another one of this caller would be refused. */
  isBusyFor(caller: string): boolean
  /** @throws TEMPORARILY_UNAVAILABLE when too many requests wait, DEADLINE_EXCEEDED after 10 s, or the model's error */
  predict(query: ModelQuery, options?: QueryOptions): Promise<Prediction>
  /** Waits for pending requests, then frees the model. */
  close(): Promise<void>
}
