import { isList, parseOrKeep, type Value, type ValueMap } from '../spans/value.js'
import type { Convention } from './conventions.js'

/** https://ai-sdk.dev/docs/ai-sdk-core/telemetry#collected-data */
export const VERCEL_AI: Convention = {
  kinds: {
    names: ['ai.operationId'],
    types: {
      'ai.generateText': 'LLM',
      'ai.generateText.doGenerate': 'LLM',
      'ai.toolCall': 'TOOL',
      'ai.streamText': 'LLM',
      'ai.streamText.doStream': 'LLM',
      'ai.generateObject': 'LLM',
      'ai.generateObject.doGenerate': 'LLM',
      'ai.streamObject': 'LLM',
      'ai.streamObject.doStream': 'LLM',
      'ai.embed': 'EMBEDDING',
      'ai.embed.doEmbed': 'EMBEDDING',
      'ai.embedMany': 'EMBEDDING',
    },
  },
  inputs: ['ai.prompt', 'ai.toolCall.args', 'ai.value', 'ai.values'],
  outputs: ['ai.response.text', 'ai.toolCall.result', 'ai.response.object', 'ai.embedding', 'ai.embeddings'],
  inputsOf: (attributes) => (isChat(attributes) ? withPrefix(attributes, 'ai.prompt.') : undefined),
  outputsOf: (attributes) => (isChat(attributes) ? withPrefix(attributes, 'ai.response.') : undefined),
  formatOf: (attributes) => (isChat(attributes) ? 'vercel_ai' : undefined),
}

const isChat = (attributes: ValueMap) =>
  ['ai.generateText.doGenerate', 'ai.streamText.doStream'].includes(String(attributes['ai.operationId']))

/** Collects attributes with a prefix in one map and parses JSON in them. */
function withPrefix(attributes: ValueMap, prefix: string): Value | undefined {
  const found = Object.entries(attributes).filter(([name]) => name.startsWith(prefix))
  if (found.length === 0) return undefined
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), parsed(value)]))
}

function parsed(value: Value): Value {
  if (isList(value)) return value.map(parsed)
  return typeof value === 'string' ? parseOrKeep(value) : value
}
