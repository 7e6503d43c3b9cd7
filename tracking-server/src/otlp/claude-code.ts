import type { Value, ValueMap } from '../spans/value.js'
import type { Convention } from './conventions.js'
import { readTokens } from './tokens.js'

/** Replaces prompts and responses unless the user has enabled their logging. */
export const REDACTED = '<REDACTED>'

const TYPES: Readonly<Record<string, string>> = { interaction: 'AGENT', llm_request: 'LLM', tool: 'TOOL' }

/** Some versions of Claude Code write the kind with the prefix. */
function kindOf(attributes: ValueMap): string | undefined {
  const type = attributes['span.type']
  const kind = typeof type === 'string' ? type.replace(/^claude_code\./, '') : ''
  return Object.hasOwn(TYPES, kind) ? kind : undefined
}

const TOKENS = {
  input: ['input_tokens'],
  output: ['output_tokens'],
  cacheRead: ['cache_read_tokens'],
  cacheCreation: ['cache_creation_tokens'],
}

/** https://code.claude.com/docs/en/monitoring-usage */
export const CLAUDE_CODE: Convention = {
  typeOf: (attributes) => TYPES[kindOf(attributes) ?? ''],
  tokensOf(attributes) {
    if (kindOf(attributes) !== 'llm_request') return undefined
    const counts = readTokens(attributes, TOKENS)
    const cached = (counts.cacheRead ?? 0n) + (counts.cacheCreation ?? 0n)
    // Claude Code excludes cached tokens from the input; MLflow includes them.
    return { ...counts, input: counts.input === undefined ? undefined : counts.input + cached }
  },
  inputsOf(attributes) {
    const kind = kindOf(attributes)
    if (kind === 'interaction') return firstValue(attributes, ['user_prompt', 'new_context'])
    if (kind === 'llm_request') return firstValue(attributes, ['new_context'])
    return kind === 'tool' ? (firstValue(attributes, ['tool_input']) ?? detailsOf(attributes)) : undefined
  },
  outputsOf(attributes) {
    const kind = kindOf(attributes)
    if (kind === 'llm_request') return firstValue(attributes, ['response.model_output'])
    return kind === 'tool' ? firstValue(attributes, ['new_context']) : undefined
  },
  outputEvent: ['tool.output', 'output', 'content', 'diff'],
}

/** An empty map is a value here, as in MLflow, which tests its JSON. */
const hasValue = (value: Value | undefined) =>
  value !== undefined && value !== null && value !== '' && value !== REDACTED

const firstValue = (attributes: ValueMap, names: readonly string[]) =>
  names.map((name) => attributes[name]).find(hasValue)

function detailsOf(attributes: ValueMap): Value | undefined {
  const names = ['full_command', 'file_path', 'skill_name', 'subagent_type']
  const present = names.filter((name) => hasValue(attributes[name])).map((name) => [name, attributes[name]!])
  return present.length > 0 ? Object.fromEntries(present) : undefined
}
