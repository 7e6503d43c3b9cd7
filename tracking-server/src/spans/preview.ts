import { isLonger, truncate } from '@cairn/platform/text/length'
import { dump, isList, isMap, type Value, type ValueMap } from './value.js'

const MAX_LENGTH = 1000

/** Shortens a root span's inputs or outputs: the last message by `role` if it is a chat, otherwise the JSON. */
export function toPreview(value: Value | undefined, role: 'user' | 'assistant'): string | undefined {
  if (value === undefined || value === null) return undefined
  const text = messageText(value, role) || dump(value)
  return isLonger(text, MAX_LENGTH) ? `${truncate(text, MAX_LENGTH - 3)}...` : text
}

function messageText(value: Value, role: string): string | undefined {
  const messages = isMap(value) ? messagesOf(value) : []
  const message = messages.findLast((one) => one.role === role) ?? messages.at(-1)
  const content = message?.content
  if (typeof content === 'string') return content
  if (content === undefined || content === null || !isList(content)) return undefined
  const part = content.find((one) => typeof one === 'string' || isText(one))
  const text = part !== undefined && isMap(part) ? part.text : part
  return typeof text === 'string' ? text : undefined
}

const isText = (part: Value) => isMap(part) && (part.type === 'text' || part.type === 'output_text')

/** Messages in requests and responses of OpenAI's chat completions and responses APIs. */
function messagesOf(value: ValueMap): ValueMap[] {
  const { choices, request } = value
  for (const name of ['messages', 'input', 'output']) {
    const list = value[name]
    if (list && isList(list) && list.length > 0) return list.filter(isMessage)
  }
  const choice = choices && isList(choices) ? choices[0] : undefined
  const message = choice && isMap(choice) ? choice.message : undefined
  if (message && isMessage(message)) return [message]
  return request && isMap(request) ? messagesOf(request) : []
}

const isMessage = (value: Value): value is ValueMap => isMap(value) && 'role' in value && 'content' in value
