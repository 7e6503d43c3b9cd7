import type { EntityConfig } from '../endpoints/config.js'
import type { Runtime } from '../runtime/runtime.js'

/** A served entity with its loaded model. */
export interface Served {
  readonly entity: EntityConfig
  readonly version: string
  readonly runtime: Runtime
}
