import { chatMessages } from '../traces/chat-messages.js'
import { parseJson } from '../traces/trace-values.js'

/** Names of inputs and outputs that are the text of a message, the first that is present. */
const TEXT_FIELDS = [
  ...['question', 'query', 'input', 'prompt', 'message', 'text', 'content'],
  ...['answer', 'output', 'response', 'result'],
]

/** The message of a turn, from the preview of its request or response. */
export function turnText(preview: string | undefined): string | undefined {
  if (!preview) return undefined
  const value = parseJson(preview)
  return value === undefined || value === null ? preview : (textIn(value) ?? preview)
}

function textIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  const last = chatMessages(value)?.at(-1)
  if (last?.content) return last.content
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const fields = value as Readonly<Record<string, unknown>>
  const name = TEXT_FIELDS.find((one) => typeof fields[one] === 'string')
  if (name) return fields[name] as string
  const only = Object.values(fields)
  return only.length === 1 && typeof only[0] === 'string' ? only[0] : undefined
}
