import { invalid } from '../errors.js'
import type { BlobInfo, Body } from './blobs.js'

export interface UploadedPart {
  /** From 1. */
  readonly number: number
  /** As the store answered it when the part was sent. */
  readonly etag: string
}

/**
 * A blob that is sent in parts, at once and in any order. Nothing shows under its key before `complete`, which needs
 * the key that the upload was begun for. What is never completed is swept away after a day.
 */
export interface Multipart {
  /** @returns the upload's id, which cannot be guessed */
  create(key: string): Promise<string>
  /** A URL that takes a part for `seconds` without credentials; where there is none, parts come through `putPart`. */
  partUrl?(key: string, uploadId: string, number: number, seconds: number): Promise<string>
  /** A part sent again replaces the one before. @returns its etag. @throws RESOURCE_DOES_NOT_EXIST */
  putPart?(uploadId: string, number: number, body: Body): Promise<string>
  /**
   * Asked again the same, on disk within a day, it answers the same.
   *
   * @param parts in order
   * @throws RESOURCE_DOES_NOT_EXIST for no upload of this key, INVALID_PARAMETER_VALUE for parts that were not sent
   */
  complete(key: string, uploadId: string, parts: readonly UploadedPart[]): Promise<BlobInfo>
  /** Succeeds for an upload that is no more. */
  abort(key: string, uploadId: string): Promise<void>
}

/** @throws INVALID_PARAMETER_VALUE unless there are parts, each of a higher number than the one before */
export function checkOrder(parts: readonly UploadedPart[]): void {
  if (parts.length === 0 || parts.some(({ number }, i) => i > 0 && number <= parts[i - 1]!.number))
    throw invalid("Invalid 'parts': an upload is completed with its parts in ascending order.")
}
