import { isList, isMap, type Value, type ValueMap } from '../spans/value.js'
import type { Convention } from './conventions.js'

const TYPES: Readonly<Record<string, string>> = { llm_call: 'LLM', tool_call: 'TOOL', agent_call: 'AGENT' }

const isGeminiCli = (attributes: ValueMap) => attributes['gen_ai.agent.name'] === 'gemini-cli'

function messagesIn(attributes: ValueMap, name: string): Value | undefined {
  const messages = attributes[name]
  if (!isGeminiCli(attributes) || !messages) return undefined
  return isList(messages) && messages.length === 0 ? undefined : messages
}

/** https://geminicli.com/docs/cli/telemetry/ Messages are converted to the format of Gemini's API. */
export const GEMINI_CLI: Convention = {
  typeOf(attributes) {
    const operation = String(attributes['gen_ai.operation.name'])
    return isGeminiCli(attributes) && Object.hasOwn(TYPES, operation) ? TYPES[operation] : undefined
  },
  inputsOf(attributes) {
    const messages = messagesIn(attributes, 'gen_ai.input.messages')
    if (messages === undefined) return undefined
    if (typeof messages === 'string') return { contents: messages }
    if (!isList(messages)) return messages
    const isSystem = attributes['gen_ai.operation.name'] === 'system_prompt'
    return { contents: isSystem ? messages.map(asSystem) : messages }
  },
  outputsOf(attributes) {
    const messages = messagesIn(attributes, 'gen_ai.output.messages')
    if (messages === undefined) return undefined
    const parts = isList(messages) ? messages.flatMap(partsOf) : []
    return parts.length > 0 ? { candidates: [{ content: { role: 'model', parts } }] } : messages
  },
  formatOf: (attributes) => (isGeminiCli(attributes) ? 'gemini' : undefined),
}

/** Gemini CLI writes the system prompt with the role `user`. */
const asSystem = (message: Value): Value =>
  isMap(message) && message.role === 'user' ? { ...message, role: 'system' } : message

const partsOf = (message: Value): readonly Value[] =>
  isMap(message) && message.parts !== undefined && isList(message.parts) ? message.parts : []
