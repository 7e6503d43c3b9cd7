import type { Readable } from 'node:stream'
import type { Multipart } from './multipart.js'

export interface BlobInfo {
  /** `/`-separated, relative to the store's root, normalised (see `path.ts`). */
  readonly key: string
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly modified: number
}

export interface BlobListing {
  /** Blobs directly under the prefix, by key in byte order. */
  readonly blobs: readonly BlobInfo[]
  /** The folders under the prefix that contain blobs, by name without a trailing slash. */
  readonly folders: readonly string[]
}

export interface PageRange {
  /** The `next` of the previous page. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface BlobPage {
  /** At most `limit` entries in the byte order of names, where that of a folder ends in a slash. `next` may follow fewer too. */
  readonly entries: readonly (BlobInfo | { readonly folder: string })[]
  /** The `after` of the next page; undefined at the end. */
  readonly next?: string
}

/** A range of bytes from `start` to before `end`, or to the last byte without `end`. */
export interface ByteRange {
  readonly start: number
  readonly end?: number
}

/**
 * Bytes to store. A store has finished with a chunk of a stream before it requests the next one, so the sender may reuse the
 * memory of the chunk.
 */
export type Body = Uint8Array | AsyncIterable<Uint8Array>

/** Reads a blob into buffers of the caller. An open blob does not change when its key is overwritten. */
export interface BlobReader extends BlobInfo {
  /** Reads bytes from `position` on, at most as many as the buffer holds. @returns the number of bytes; 0 at the end */
  read(buffer: Uint8Array, position: number): Promise<number>
  close(): Promise<void>
}

/**
 * A store of artifacts and tables. Bodies are streamed in both directions, and never kept in memory as a whole.
 *
 * Guarantees of every backend, checked by `testing/blobs.ts`:
 * - A `put` that resolved survives a crash; one that did not leaves no visible blob under the key.
 * - Readers see the old or the new content of a key, never a mixture.
 * - Keys pass `normalizeKey`; anything that leaves the root is INVALID_PARAMETER_VALUE before it reaches storage.
 * - A range without any byte of the blob is INVALID_PARAMETER_VALUE; one that ends past it is shortened.
 * - A key that is a folder of another, or below one, may be RESOURCE_CONFLICT: a file system cannot store both.
 * - `get` and `head` of an absent key are RESOURCE_DOES_NOT_EXIST. `delete` of an absent key succeeds.
 * - Full storage is INSUFFICIENT_STORAGE, unreachable storage is TEMPORARILY_UNAVAILABLE.
 */
export interface Blobs {
  /** Stores a blob. With `ifAbsent`, an existing key is ALREADY_EXISTS, and exactly one of concurrent calls succeeds. */
  put(key: string, body: Body, options?: { ifAbsent?: boolean }): Promise<BlobInfo>
  get(key: string, range?: ByteRange): Promise<Readable>
  /** Like `get`, for stores where it is cheaper than a stream. */
  reader?(key: string): Promise<BlobReader>
  head(key: string): Promise<BlobInfo>
  /** Lists one level below the folder `prefix`, where `''` is the root. An absent folder has no entries. */
  list(prefix: string): Promise<BlobListing>
  /** Lists a part of a folder. Unlike `list`, its time and memory do not grow with the folder. */
  listPage(prefix: string, range: PageRange): Promise<BlobPage>
  /** Returns whether a blob exists below `prefix`. Present on stores where this is cheaper than `walk`. */
  holds?(prefix: string): Promise<boolean>
  /** Yields every blob below `prefix` at any depth, by key in byte order. */
  walk(prefix: string): AsyncIterable<BlobInfo>
  /** Deletes the blob `key`, or every blob below it if it is a folder. */
  delete(key: string): Promise<void>
  /** Returns the address that other programs use: `file:///…` or `s3://bucket/…`. */
  uri(key: string): string
  /** Returns a URL that reads or writes one key for `seconds` without credentials, for stores that can sign. */
  signedUrl?(key: string, operation: 'get' | 'put', seconds: number): Promise<string>
  /**
   * Finds the remains of unfinished uploads, last written before `before` (milliseconds since the epoch) and at least a
   * day ago, and deletes them with `remove`. Sizes are 0 where the store does not report them.
   */
  sweep?(before: number, remove: boolean): Promise<{ readonly files: number; readonly bytes: number }>
  /** Multipart uploads, where the store supports them. */
  readonly multipart?: Multipart
  /** Returns the path of the blob on a local disk, for engines that read files. */
  localPath?(key: string): string
}
