import type { SecurableChain } from './decide.js'
import { LOCAL_OWNER } from './principal.js'

/** The workspace, which is the last ancestor of every securable. */
export const METASTORE: SecurableChain = [
  { type: 'metastore', id: 'metastore', name: 'metastore', owner: LOCAL_OWNER.id },
]
