import type { EntityConfig } from '../endpoints/config.js'
import type { Runtime } from '../runtime/runtime.js'

/** A served entity with its loaded model. */
export interface ServedModel {
  readonly entity: EntityConfig
  readonly version: string
  readonly runtime: Runtime
}
