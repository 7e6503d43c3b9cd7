import type { EntityConfig } from '../endpoint-state/config.js'
import type { ModelLease } from '../runtime/model-pool.js'

/** A served entity of a deployment with its reference to its model. The reconciler creates it; invocations query the model. */
export interface ServedModel {
  readonly entity: EntityConfig
  readonly version: string
  readonly model: ModelLease
}
