import type { ApiError } from '../errors.js'

/** How a field of requests names objects of a kind, or things that belong to them. */
export interface Naming {
  /**
   * The ids of the objects that each name belongs to; names without an object are absent. Rights on any one of the objects
   * suffice, unless `all`.
   */
  find(names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** The ids of a name that is remembered, without a promise; undefined for others. */
  remembered?(name: string): readonly string[] | undefined
  readonly all?: true
  /** Handlers get the id in place of the name, which another object may have taken since the decision. */
  readonly acceptsIds?: true
  /** The error for a name without an object, and for one whose object is hidden from the caller. */
  absent(name: string): ApiError
  /** Replaces such a name in a list that is searched. No object has it. */
  readonly nothing: string
  /** The part of a name by which requests are counted in the audit log; default: all of it. */
  auditedAs?(name: string): string
  /** Recognizes a value that is not a name, which the handler rejects. */
  isMalformed?(name: string): boolean
}

/** Namings by field. */
export type Namings = Readonly<Record<string, Naming>>
