import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { GetLoggedModel, SetLoggedModelTags } from '@cairn/platform/protocol/logged-models'
import type { ModelVersion } from '@cairn/platform/protocol/registered-models'

const VERSIONS = 'mlflow.modelVersions'

interface Noted {
  readonly name: string
  readonly version: number
}

/** Logged models say themselves which versions hold them, in a tag: MLflow's pages read it there. */
export class LoggedModels {
  readonly #call: Client

  constructor(call: Client) {
    this.#call = call
  }

  /** Does nothing where the model is deleted: its versions stay. */
  async noteVersion(modelId: string, { name, version }: Pick<ModelVersion, 'name' | 'version'>) {
    const answer = await this.#call(GetLoggedModel, { model_id: modelId }).catch(unlessMissing)
    if (!answer) return
    const noted = parse(answer.model.info.tags?.find((tag) => tag.key === VERSIONS)?.value)
    const one = { name, version: Number(version) }
    if (noted.some((other) => other.name === one.name && Number(other.version) === one.version)) return
    await this.#call(SetLoggedModelTags, {
      model_id: modelId,
      tags: [{ key: VERSIONS, value: spaced([...noted, one]) }],
    })
  }
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.statusCode !== 404) throw error
}

/** Anybody may have set the tag to anything. */
function parse(value: string | undefined): readonly Noted[] {
  try {
    const noted: unknown = JSON.parse(value ?? '[]')
    return Array.isArray(noted) ? noted.filter((one) => typeof one?.name === 'string') : []
  } catch {
    return []
  }
}

/** As Python writes it, so that clients which compare texts find it equal. */
const spaced = (noted: readonly Noted[]) =>
  `[${noted.map(({ name, version }) => `{"name": ${JSON.stringify(name)}, "version": ${version}}`).join(', ')}]`
