import { unlessMissing } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { NoteLoggedModelVersion } from '@cairn/platform/protocol/logged-models'
import type { ModelVersion } from '@cairn/platform/protocol/registered-models'

/** Logged models say themselves which versions hold them. */
export class LoggedModels {
  readonly #call: Client

  constructor(call: Client) {
    this.#call = call
  }

  /** Does nothing where the model is deleted: its versions stay. */
  async noteVersion(model_id: string, { name, version }: Pick<ModelVersion, 'name' | 'version'>) {
    await this.#call(NoteLoggedModelVersion, { model_id, name, version: Number(version) }).catch(
      unlessMissing,
    )
  }
}
