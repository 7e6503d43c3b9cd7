import { invalid } from '@cairn/platform/errors'
import type { Tags } from '../tags.js'

/** Prompts are registered models with this tag, and their text is a tag of a version. */
export const IS_PROMPT = 'mlflow.prompt.is_prompt'
export const PROMPT_TEXT = 'mlflow.prompt.text'

/** The last value of a repeated key counts. */
export const hasPromptTag = (tags: Tags): boolean =>
  tags.findLast(({ key }) => key === IS_PROMPT)?.value.toLowerCase() === 'true'

const PLACEHOLDERS = ['prompt-template', 'dummy-source']

/** A prompt has no files: a real source would bypass the checks of model sources. @throws INVALID_PARAMETER_VALUE */
export function checkPromptSource(source: string) {
  if (!PLACEHOLDERS.includes(source))
    throw invalid(
      `Invalid prompt source: '${source}'. Prompt sources must use an MLflow placeholder: ${PLACEHOLDERS.join(' or ')}.`,
    )
}

/** MLflow's message. */
export function nameConflict(name: string, isKnownPrompt: boolean, isNewPrompt: boolean): string {
  const kind = (isPrompt: boolean) => (isPrompt ? 'Prompt' : 'Registered Model')
  if (isKnownPrompt === isNewPrompt) return `${kind(isNewPrompt)} (name=${name}) already exists.`
  return `Tried to create a ${kind(isNewPrompt).toLowerCase()} with name '${name}', but the name is already taken by a ${kind(isKnownPrompt).toLowerCase()}. MLflow does not allow creating a model and a prompt with the same name.`
}
