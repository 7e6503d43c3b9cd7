import type { ModelVersion } from '../api/models.js'
import { PROMPT_TEXT } from '../api/prompts.js'
import { type ChatMessage, chatMessages } from '../traces/chat-messages.js'
import { parseJson } from '../traces/trace-values.js'

const VARIABLE = /\{\{\s*([\w.-]+)\s*\}\}/g

export interface TextPart {
  readonly text: string
  /** True if it is a variable, such as `{{ user }}`. */
  readonly isVariable: boolean
  /** Offset in the text. */
  readonly start: number
}

export const tagOf = (version: ModelVersion, key: string) =>
  version.tags?.find((tag) => tag.key === key)?.value

/** The template of a version; of a chat, a JSON list of messages. */
export const promptText = (version: ModelVersion) => tagOf(version, PROMPT_TEXT) ?? ''

/** The messages of a chat prompt; undefined for a text. */
export function promptMessages(version: ModelVersion): readonly ChatMessage[] | undefined {
  return tagOf(version, '_mlflow_prompt_type') === 'chat'
    ? chatMessages(parseJson(promptText(version)))
    : undefined
}

/** The template as people read and compare it. */
export const readableText = (version: ModelVersion) =>
  promptMessages(version)
    ?.map(({ role, content }) => `${role}:\n${content}`)
    .join('\n\n') ?? promptText(version)

/** Splits a template at its variables. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = []
  let at = 0
  for (const match of text.matchAll(VARIABLE)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index), isVariable: false, start: at })
    parts.push({ text: match[0], isVariable: true, start: match.index })
    at = match.index + match[0].length
  }
  if (at < text.length) parts.push({ text: text.slice(at), isVariable: false, start: at })
  return parts
}

export const variablesOf = (text: string) => [
  ...new Set([...text.matchAll(VARIABLE)].map(([, name]) => name!)),
]
