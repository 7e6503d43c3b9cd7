import type { Privilege } from '@cairn/platform/protocol/privileges'

/** A request of the matrix. */
export interface MatrixRequest {
  readonly url: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The status for callers who may; default: any below 400. */
  readonly status?: number
  /** What only the owner has: the handler refuses others who may. */
  readonly alsoNeeds?: Privilege
}

export type Query = Readonly<Record<string, string>>

export const query = (url: string, parameters: Query): MatrixRequest => ({
  url: `${url}?${new URLSearchParams(parameters)}`,
})
