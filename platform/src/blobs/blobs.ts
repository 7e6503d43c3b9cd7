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
  /** The prefix's "folders": names of the next level that contain blobs, without a trailing slash. */
  readonly folders: readonly string[]
}

export interface PageRange {
  /** The `next` of the page before. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface BlobPage {
  /** At most `limit`, by name in byte order, where the name of a folder ends in a slash. May be fewer, also when `next` is set. */
  readonly entries: readonly (BlobInfo | { readonly folder: string })[]
  /** For the next page; undefined at the end. */
  readonly next?: string
}

/** Half-open byte range: `start` inclusive, `end` exclusive; `end` absent means to the last byte. */
export interface ByteRange {
  readonly start: number
  readonly end?: number
}

/**
 * Bytes to store. A store is done with each chunk of a stream before it requests the next one, so the sender may reuse the
 * chunk's memory.
 */
export type Body = Uint8Array | AsyncIterable<Uint8Array>

/** Reads a blob into buffers of the caller. An open blob does not change when its key is overwritten. */
export interface BlobReader extends BlobInfo {
  /** Fills at most the buffer, from `position` on. @returns the number of bytes; 0 at the end */
  read(buffer: Uint8Array, position: number): Promise<number>
  close(): Promise<void>
}

/**
 * Store of artifacts and tables. Bodies are streamed both ways and never kept in memory as a whole.
 *
 * Guarantees of every backend, checked by `testing/blobs.ts`:
 * - A `put` that resolved survives a crash; one that did not leaves no visible blob under the key.
 * - Readers see the old or the new content of a key, never a mixture.
 * - Keys pass `normalizeKey`; anything that leaves the root is INVALID_PARAMETER_VALUE before it reaches storage.
 * - A range without any byte of the blob is INVALID_PARAMETER_VALUE; one that ends past it is shortened.
 * - A key that is a folder of another, or below one, may be RESOURCE_CONFLICT: a file system cannot store both.
 * - `get`, `head` of an absent key: RESOURCE_DOES_NOT_EXIST. `delete` of an absent key succeeds.
 * - Full storage is INSUFFICIENT_STORAGE, unreachable storage is TEMPORARILY_UNAVAILABLE.
 */
export interface Blobs {
  /** `ifAbsent`: exclusive create, ALREADY_EXISTS if the key exists; of concurrent calls exactly one succeeds. */
  put(key: string, body: Body, options?: { ifAbsent?: boolean }): Promise<BlobInfo>
  get(key: string, range?: ByteRange): Promise<Readable>
  /** Like `get`, where it is cheaper than a stream. */
  reader?(key: string): Promise<BlobReader>
  head(key: string): Promise<BlobInfo>
  /** One level below `prefix` (a folder; `''` is the root). An absent folder lists as empty. */
  list(prefix: string): Promise<BlobListing>
  /** A part of `list`, whose time and memory do not grow with the folder as those of `list` do. */
  listPage(prefix: string, range: PageRange): Promise<BlobPage>
  /** Returns whether a blob exists below `prefix`. Present on stores where this is cheaper than `walk`. */
  holds?(prefix: string): Promise<boolean>
  /** Every blob below `prefix` at any depth, by key in byte order. */
  walk(prefix: string): AsyncIterable<BlobInfo>
  /** Deletes the blob `key`, or every blob below it when it is a folder. */
  delete(key: string): Promise<void>
  /** The address other programs use: `file:///…` or `s3://bucket/…`. */
  uri(key: string): string
  /** A URL that reads or writes one key for `seconds` without credentials, where the store can sign. */
  signedUrl?(key: string, operation: 'get' | 'put', seconds: number): Promise<string>
  /**
   * Finds the remains of unfinished uploads, last written before `before` (milliseconds since the epoch) and at least a
   * day ago, and deletes them with `remove`. Sizes are 0 where the store does not report them.
   */
  sweep?(before: number, remove: boolean): Promise<{ readonly files: number; readonly bytes: number }>
  /** Multipart uploads, where the store supports them. */
  readonly multipart?: Multipart
  /** Path of the blob on a local disk, for engines that read files. */
  localPath?(key: string): string
}
