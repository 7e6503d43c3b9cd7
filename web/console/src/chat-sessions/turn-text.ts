import { chatMessages } from '../traces/chat-messages.js'
import { parseJson } from '../traces/trace-values.js'

/** Names of inputs and outputs that hold what a person or the application said. */
const SAID = [
  ...['question', 'query', 'input', 'prompt', 'message', 'text', 'content'],
  ...['answer', 'output', 'response', 'result'],
]

/** The text that a person or the application said in a turn, from the preview of its request or response. */
export function turnText(preview: string | undefined): string | undefined {
  if (!preview) return undefined
  const value = parseJson(preview)
  return value === undefined || value === null ? preview : (saidIn(value) ?? preview)
}

function saidIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  const last = chatMessages(value)?.at(-1)
  if (last?.content) return last.content
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const fields = value as Readonly<Record<string, unknown>>
  const name = SAID.find((one) => typeof fields[one] === 'string')
  if (name) return fields[name] as string
  const only = Object.values(fields)
  return only.length === 1 && typeof only[0] === 'string' ? only[0] : undefined
}
