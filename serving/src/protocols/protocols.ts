import { mlflow } from './mlflow/mlflow.js'
import { openInference } from './oip/oip.js'
import type { Protocol } from './protocol.js'

/** Every wire protocol of queries by its name. */
export const PROTOCOLS = { mlflow, oip: openInference } as const satisfies Record<string, Protocol>

export type ProtocolName = keyof typeof PROTOCOLS
