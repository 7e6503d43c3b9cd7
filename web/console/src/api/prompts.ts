import type { CreateModelVersion } from '@cairn/platform/protocol/mlflow/model-versions'
import type { CreateRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import { call } from './call.js'
import { RequestError } from './http.js'
import { getModel, searchModels, searchVersions } from './models.js'

export const IS_PROMPT = 'mlflow.prompt.is_prompt'
export const PROMPT_TEXT = 'mlflow.prompt.text'
const PROMPT_TYPE = '_mlflow_prompt_type'
/** The source of a version that has no files. */
const NO_SOURCE = 'prompt-template'

const ARE_PROMPTS = `tags.\`${IS_PROMPT}\` = 'true'`

/** A page of prompts, which are registered models with a tag. @param nameFilter a comparison of the name, or the empty string */
export const searchPrompts = (nameFilter: string, page_token: string, signal?: AbortSignal) =>
  searchModels(
    {
      filter: nameFilter ? `${ARE_PROMPTS} AND ${nameFilter}` : ARE_PROMPTS,
      ...(page_token && { page_token }),
    },
    signal,
  )

export const searchPromptVersions = (name: string, signal?: AbortSignal) =>
  searchVersions(`${ARE_PROMPTS} AND name = '${name}'`, signal)

/** Creates a prompt and its first version. After a failure between the two, the next call creates the version. */
export async function createPrompt(name: string, text: string, message: string) {
  try {
    await call<typeof CreateRegisteredModel>('POST /api/2.0/mlflow/registered-models/create', {
      name,
      tags: [{ key: IS_PROMPT, value: 'true' }],
    })
  } catch (error) {
    if (!(isTaken(error) && (await isEmptyPrompt(name)))) throw error
  }
  return createPromptVersion(name, text, message)
}

const isTaken = (error: unknown) => error instanceof RequestError && error.code === 'RESOURCE_ALREADY_EXISTS'

async function isEmptyPrompt(name: string) {
  const model = await getModel(name).catch(() => undefined)
  const isPrompt = model?.tags?.some(({ key, value }) => key === IS_PROMPT && value === 'true') ?? false
  return isPrompt && (model?.latest_versions ?? []).length === 0
}

/** @param text of a chat: a JSON list of messages */
export const createPromptVersion = async (name: string, text: string, message: string, isChat = false) =>
  (
    await call<typeof CreateModelVersion>('POST /api/2.0/mlflow/model-versions/create', {
      ...{ name, source: NO_SOURCE, description: message },
      tags: [
        { key: IS_PROMPT, value: 'true' },
        { key: PROMPT_TEXT, value: text },
        { key: PROMPT_TYPE, value: isChat ? 'chat' : 'text' },
      ],
    })
  ).model_version
