import type { EntityConfig } from '../endpoints/config.js'
import type { ModelLease } from '../runtime/model-pool.js'

/** A served entity of a deployment with its reference to the thread of its model. The reconciler creates it; invocations query the thread. */
export interface ServedModel {
  readonly entity: EntityConfig
  readonly version: string
  readonly model: ModelLease
}
