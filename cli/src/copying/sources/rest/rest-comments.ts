import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import type { ImportedComment } from '@cairn/platform/protocol/imports'
import { ListRunComments } from '@cairn/platform/protocol/run-comments'
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
    const response = await this.#call(ListRunComments, { run_id }).catch((error) =>
      this.#withoutComments(error),
    )
    return (response?.comments ?? []).map(({ run_id: _run, own: _own, ...comment }) => comment)
  }

  #withoutComments(error: unknown): undefined {
    // The run was purged meanwhile: the others still have comments.
    if (error instanceof ApiError && error.code === 'RESOURCE_DOES_NOT_EXIST') return
    undefinedIfUnsupported(error)
    this.#areSupported = false
  }
}
