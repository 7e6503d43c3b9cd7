import type { Static, TSchema } from 'typebox'
import type { Privilege, SecurableType } from './privileges.js'

/**
 * The right an operation needs.
 * - `anyone`: no principal is asked for (health, version).
 * - `authenticated`: any known principal; what it sees is filtered by its own rights.
 * - `on: 'metastore'`: the privilege on the whole workspace, decided before the handler runs.
 * - `on` another securable: the handler decides on the one that the input names, and an answer that went out without
 *   a decision is an error.
 */
export type Right = 'anyone' | 'authenticated' | { readonly privilege: Privilege; readonly on: SecurableType }

/** One API method, written once: validation, OpenAPI, server types and client types come from it (ADR 4). */
export interface Operation<In extends TSchema = TSchema, Out extends TSchema = TSchema> {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Whole path with `{parameter}` segments, e.g. `/api/2.0/mlflow/logged-models/{model_id}`. */
  readonly path: string
  readonly summary: string
  readonly right: Right
  /** Path, query and body parameters together. */
  readonly input: In
  readonly output: Out
}

export type Input<O extends Operation> = Static<O['input']>
export type Output<O extends Operation> = Static<O['output']>

export function operation<In extends TSchema, Out extends TSchema>(op: Operation<In, Out>) {
  return op
}

export const pathParameters = (path: string) => Array.from(path.matchAll(/\{(\w+)\}/g), (match) => match[1]!)

const BODY = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export const takesBody = (op: Operation) => BODY.has(op.method)
