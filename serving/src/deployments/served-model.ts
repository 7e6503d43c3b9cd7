import type { EntityConfig } from '../endpoints/config.js'
import type { ModelThread } from '../runtime/model-thread.js'

/** A served entity of a deployment with the thread of its model. The reconciler creates it; invocations query the thread. */
export interface ServedModel {
  readonly entity: EntityConfig
  readonly version: string
  readonly thread: ModelThread
}
