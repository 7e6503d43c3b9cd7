import { unlessMissing } from '@cairn/platform/errors'
import { NoteLoggedModelVersion } from '@cairn/platform/protocol/cairn/logged-model-versions'
import type { Client } from '@cairn/platform/protocol/client'
import type { ModelVersion } from '@cairn/platform/protocol/mlflow/registered-models'

/** Records versions on the logged models that they were created from. */
export class LoggedModels {
  readonly #call: Client

  constructor(call: Client) {
    this.#call = call
  }

  /** Ignores a deleted logged model: its versions remain. */
  async noteVersion(model_id: string, { name, version }: Pick<ModelVersion, 'name' | 'version'>) {
    await this.#call(NoteLoggedModelVersion, { model_id, name, version: Number(version) }).catch(
      unlessMissing,
    )
  }
}
