import { ApiError } from '@cairn/platform/errors'
import type { ImportedComment } from '@cairn/platform/protocol/cairn/imports'
import { ListRunComments } from '@cairn/platform/protocol/cairn/run-comments'
import type { Client } from '@cairn/platform/protocol/client'
import { undefinedIfUnsupported } from './unsupported-endpoint.js'

/** Reads comments on runs. MLflow's servers have none, and are asked once. */
export class RestComments {
  readonly #call: Client
  #areSupported = true

  constructor(call: Client) {
    this.#call = call
  }

  async of(run_id: string): Promise<ImportedComment[]> {
    if (!this.#areSupported) return []
    const response = await this.#call(ListRunComments, { run_id }).catch(noneIfMissing)
    if (!response) this.#areSupported = false
    return (response?.comments ?? []).map(({ comment_id, body, author, created_at, updated_at }) => ({
      ...{ comment_id, body, author, created_at, updated_at },
    }))
  }
}

/** The run may have been purged since it was read; the server has comments on others. */
const noneIfMissing = (error: unknown) =>
  error instanceof ApiError && error.code === 'RESOURCE_DOES_NOT_EXIST'
    ? { comments: [] }
    : undefinedIfUnsupported(error)
