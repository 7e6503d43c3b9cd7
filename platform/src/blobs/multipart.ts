import { invalid } from '../errors.js'
import type { BlobInfo, Body } from './blobs.js'

export interface UploadedPart {
  /** The number of the part, counted from 1. */
  readonly number: number
  /** The etag that the store returned for the part. */
  readonly etag: string
}

/**
 * Uploads a blob in parts, concurrently and in any order. The blob is not visible before `complete`, which requires the key
 * that the upload was created for. Unfinished uploads are deleted after a day.
 */
export interface Multipart {
  /** @returns the upload's id, which cannot be guessed */
  create(key: string): Promise<string>
  /** Returns a URL that accepts a part for `seconds` without credentials. Stores without this method have `putPart`. */
  partUrl?(key: string, uploadId: string, number: number, seconds: number): Promise<string>
  /** Replaces an earlier part of the same number. @returns its etag. @throws RESOURCE_DOES_NOT_EXIST */
  putPart?(uploadId: string, number: number, body: Body): Promise<string>
  /**
   * Rejects an unknown upload, for stores where this is cheaper than `complete`.
   *
   * @throws RESOURCE_DOES_NOT_EXIST without an open or completed upload of this key
   */
  requireUpload?(key: string, uploadId: string): Promise<void>
  /**
   * Completes an upload. May be repeated; on disk for a day.
   *
   * @param parts in order
   * @param options as of `Blobs.put`
   * @throws RESOURCE_DOES_NOT_EXIST without an upload of this key, INVALID_PARAMETER_VALUE for parts that were not sent
   */
  complete(
    key: string,
    uploadId: string,
    parts: readonly UploadedPart[],
    options?: { ifAbsent?: boolean },
  ): Promise<BlobInfo>
  /** Succeeds for an upload that does not exist. */
  abort(key: string, uploadId: string): Promise<void>
}

/** @throws INVALID_PARAMETER_VALUE unless there are parts with ascending numbers */
export function checkOrder(parts: readonly UploadedPart[]): void {
  if (parts.length === 0 || parts.some(({ number }, i) => i > 0 && number <= parts[i - 1]!.number))
    throw invalid("Invalid 'parts': an upload is completed with its parts in ascending order.")
}
