import type { ApiError } from '../errors.js'

/** How a field of requests names objects of a kind, or things that belong to them. */
export interface Naming {
  /**
   * Finds the ids of the objects that each name belongs to; names without an object are absent. Rights on any one of the
   * objects suffice, unless `all` is set.
   */
  find(names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** Returns the ids of a name that is in the cache, without a promise; undefined for other names. */
  remembered?(name: string): readonly string[] | undefined
  readonly all?: true
  /** True if handlers get the id in place of the name, which another object may have taken since the decision. */
  readonly acceptsIds?: true
  /** Returns the error for a name without an object, and for one whose object is hidden from the caller. */
  absent(name: string): ApiError
  /** An id that no object has. It replaces the name of a hidden or absent object in a list that is searched. */
  readonly nothing: string
  /** Returns the part of a name by which requests are counted in the audit log. Default: the whole name. */
  auditedAs?(name: string): string
  /** Returns whether a value has the wrong form for a name. The handler rejects it. */
  isMalformed?(name: string): boolean
}

/** Namings by field. */
export type Namings = Readonly<Record<string, Naming>>
