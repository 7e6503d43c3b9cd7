/** A message of a conversation with a language model. */
export interface ChatMessage {
  readonly role: string
  readonly content: string
  /** Calls of tools, as their name and arguments. */
  readonly tools: readonly { readonly name: string; readonly arguments: string }[]
}

type Json = Readonly<Record<string, unknown>>

/**
 * Reads the messages of a chat from inputs or outputs in the formats of OpenAI, Anthropic, Gemini and LangChain.
 *
 * @returns undefined if the value is not a chat
 */
export function chatMessages(value: unknown): readonly ChatMessage[] | undefined {
  const found = listOf(value)
  if (!found || found.length === 0) return undefined
  const messages = found.map(toMessage)
  return messages.every((one) => one !== undefined) ? messages : undefined
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value.length === 1 && Array.isArray(value[0]) ? value[0] : value
  if (typeof value !== 'object' || value === null) return undefined
  const { messages, choices, message, contents, candidates, request, response, role } = value as Json
  if (Array.isArray(messages)) return listOf(messages)
  if (Array.isArray(choices)) return choices.map((choice) => (choice as Json | null)?.message)
  if (Array.isArray(candidates)) return candidates.map((one) => (one as Json | null)?.content)
  if (Array.isArray(contents)) return contents
  if (typeof message === 'object' && message !== null) return [message]
  if (typeof role === 'string') return [value]
  return listOf(request ?? response)
}

const ROLES: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant', model: 'assistant' }

function toMessage(value: unknown): ChatMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { role, type, content, parts, tool_calls } = value as Json
  const name = typeof role === 'string' ? role : type
  if (typeof name !== 'string' || (content === undefined && parts === undefined && tool_calls === undefined))
    return undefined
  return { role: ROLES[name] ?? name, content: textOf(content ?? parts), tools: toolsOf(tool_calls) }
}

/** Joins text parts; other parts, such as images, are named by their type. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (content === null || content === undefined) return ''
  if (!Array.isArray(content)) return JSON.stringify(content)
  return content
    .map((part: unknown) => {
      if (typeof part === 'string') return part
      const { text, type } = (part ?? {}) as Json
      return typeof text === 'string' ? text : typeof type === 'string' ? `[${type}]` : JSON.stringify(part)
    })
    .join('\n')
}

const toolsOf = (calls: unknown) =>
  Array.isArray(calls)
    ? calls.flatMap((one: unknown) => {
        const { function: called, name, args } = (one ?? {}) as Json
        const { name: inner, arguments: text } = (called ?? {}) as Json
        const tool = inner ?? name
        if (typeof tool !== 'string') return []
        const given = text ?? args ?? ''
        return [{ name: tool, arguments: typeof given === 'string' ? given : JSON.stringify(given) }]
      })
    : []
