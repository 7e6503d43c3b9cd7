import type { Static, TSchema } from 'typebox'
import type { Privilege, SecurableType } from './privileges.js'

/**
 * The right that an operation requires.
 * - `anyone`: no authentication (health, version).
 * - `authenticated`: any principal; results are filtered by its rights.
 * - `on: 'metastore'`: the privilege on the whole workspace, decided before the handler runs.
 * - `on` a kind whose service declares how inputs name its objects (`auth/naming.ts`): decided before the handler. Lists of
 *   objects to read are reduced to those that the principal may read. An input without names needs the privilege on the
 *   metastore, unless the handler filters its output with `request.allowedObjects`.
 * - `on` another securable: the handler must decide about the securable in the input. A response without a decision is an
 *   error.
 */
export type Right = 'anyone' | 'authenticated' | ObjectRight

export interface ObjectRight {
  readonly privilege: Privilege
  readonly on: SecurableType
  /** The kind of objects that a right on the metastore concerns. A DENY on any one of them counts. */
  readonly ofAll?: SecurableType
  /** Another privilege that suffices if it is held on the metastore. */
  readonly orEverywhere?: Privilege
  /**
   * The fields of the input that name the objects, such as `trace.trace_info.experiment_id` or `locations[].experiment_id`.
   * The default is all members of the input that name objects of the kind. The last segment is the name of a `Naming`
   * (`auth/naming.ts`), unless another follows, as in `path as artifact_path`.
   */
  readonly by?: readonly string[]
  /** The fields that name objects that may not exist yet. Existing ones are decided. */
  readonly may?: readonly string[]
  /** True if the handler itself decides, or filters its output with `request.allowedObjects`, for an input without names. */
  readonly filtered?: true
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** An API method, from which validation, OpenAPI, server types and client types are derived (ADR 4). */
export interface Operation<
  In extends TSchema = TSchema,
  Out extends TSchema = TSchema,
  M extends Method = Method,
  Path extends string = string,
> {
  readonly id: string
  readonly method: M
  /** The whole path with `{parameter}` segments, such as `/api/2.0/mlflow/logged-models/{model_id}`. */
  readonly path: Path
  readonly summary: string
  readonly right: Right
  /**
   * The scope of tokens that suffices, with path parameters, such as `serving:{name}`, or several, such as `read or catalog`;
   * `any` for tokens with any scope, `none` for tokens without scopes only, `read` for requests that show objects of other
   * services too. The default is the scope of its service, and `read` if it changes nothing; see `auth/scopes.ts`.
   */
  readonly scope?: string
  /** Path, query and body parameters together. */
  readonly input: In
  readonly output: Out
}

export type Input<O extends Operation> = Static<O['input']>
export type Output<O extends Operation> = Static<O['output']>

/** The method and path, by which browser code, which imports types only, refers to an operation. */
export type Route<O extends Operation> = `${O['method']} ${O['path']}`

export function operation<
  In extends TSchema,
  Out extends TSchema,
  const M extends Method,
  const Path extends string,
>(op: Operation<In, Out, M, Path>) {
  return op
}

export const pathParameters = (path: string) => Array.from(path.matchAll(/\{(\w+)\}/g), (match) => match[1]!)

const BODY = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export const takesBody = (op: Operation) => BODY.has(op.method)
