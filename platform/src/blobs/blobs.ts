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
  /** Names of the next level that hold further blobs: the prefix's "folders", without a trailing slash. */
  readonly folders: readonly string[]
}

/** Half-open byte range: `start` inclusive, `end` exclusive; `end` absent means to the last byte. */
export interface ByteRange {
  readonly start: number
  readonly end?: number
}

/**
 * What is stored. Of a stream, each chunk is done with before the next is asked for: whoever sends it may then use the
 * chunk's memory for something else.
 */
export type Body = Uint8Array | AsyncIterable<Uint8Array>

/** A blob that is read into buffers of the caller's, over and over the same ones; what is open stays what it says it is. */
export interface BlobReader extends BlobInfo {
  /** Fills the buffer, or less of it, from `position` on. @returns how many bytes; 0 at the end */
  read(buffer: Uint8Array, position: number): Promise<number>
  close(): Promise<void>
}

/**
 * Where artifacts and tables live. Bodies stream both ways: no implementation holds one in memory.
 *
 * Promises of every backend, checked by `testing/blobs.ts`:
 * - A `put` that resolved survives a crash; one that did not leaves no visible blob under the key.
 * - Readers see the old or the new content of a key, never a mixture.
 * - Keys pass `normalizeKey`; anything that leaves the root is INVALID_PARAMETER_VALUE before it reaches storage.
 * - A range that holds no byte of the blob is INVALID_PARAMETER_VALUE; one that ends past it is cut short.
 * - A key that is a folder of another, or below one, may be RESOURCE_CONFLICT: a file system cannot hold both.
 * - `get`, `head` of an absent key: RESOURCE_DOES_NOT_EXIST. `delete` of an absent key succeeds.
 * - Storage that is full is INSUFFICIENT_STORAGE, storage that is away is TEMPORARILY_UNAVAILABLE.
 */
export interface Blobs {
  /** `ifAbsent`: exclusive create, ALREADY_EXISTS when the key is taken; of many at once exactly one wins. */
  put(key: string, body: Body, options?: { ifAbsent?: boolean }): Promise<BlobInfo>
  get(key: string, range?: ByteRange): Promise<Readable>
  /** As `get`, where that is cheaper than a stream. */
  reader?(key: string): Promise<BlobReader>
  head(key: string): Promise<BlobInfo>
  /** One level below `prefix` (a folder; `''` is the root). An absent folder lists as empty. */
  list(prefix: string): Promise<BlobListing>
  /** Every blob below `prefix` at any depth, by key in byte order. */
  walk(prefix: string): AsyncIterable<BlobInfo>
  /** Deletes the blob `key`, or every blob below it when it is a folder. */
  delete(key: string): Promise<void>
  /** The address other programs use: `file:///…` or `s3://bucket/…`. */
  uri(key: string): string
  /** A URL that reads or writes one key for `seconds` without credentials, where the store can sign. */
  signedUrl?(key: string, operation: 'get' | 'put', seconds: number): Promise<string>
  /**
   * What uploads that never ended left behind, last written before `before` (milliseconds since the epoch) and at
   * least a day ago; with `remove` it goes. Sizes are 0 where the store does not tell them.
   */
  sweep?(before: number, remove: boolean): Promise<{ readonly files: number; readonly bytes: number }>
  /** Uploads in parts, where the store takes them. */
  readonly multipart?: Multipart
  /** Where the blob lies on this machine's disk, for engines that read files; only where it lies on one. */
  localPath?(key: string): string
}
