import type { Value, ValueMap } from '../spans/value.js'
import { CLAUDE_CODE } from './claude-code.js'
import { GEMINI_CLI } from './gemini-cli.js'
import type { TokenCounts, TokenNames } from './tokens.js'
import { VERCEL_AI } from './vercel-ai.js'

type Attributes = ValueMap
/** Names of attributes in order of preference; a pattern stands for the first name that it matches. */
type Names = readonly (string | RegExp)[]

/** Maps the attributes of another instrumentation library to those that MLflow shows. */
export interface Convention {
  /** Attributes that contain a span's type, and the corresponding types of MLflow. */
  readonly kinds?: { readonly names: readonly string[]; readonly types: Readonly<Record<string, string>> }
  /** Derives the type from other attributes. */
  readonly typeOf?: (attributes: Attributes) => string | undefined
  readonly tokens?: TokenNames
  /** Reads tokens whose meaning depends on other attributes. */
  readonly tokensOf?: (attributes: Attributes) => TokenCounts | undefined
  readonly inputs?: Names
  readonly outputs?: Names
  /** Combines several attributes to the inputs. */
  readonly inputsOf?: (attributes: Attributes) => Value | undefined
  readonly outputsOf?: (attributes: Attributes) => Value | undefined
  /** Event whose attributes contain the inputs, in order of preference. */
  readonly inputEvent?: readonly [event: string, ...attributes: string[]]
  readonly outputEvent?: readonly [event: string, ...attributes: string[]]
  readonly model?: Names
  readonly provider?: string
  readonly tools?: Names
  /** Message format by which MLflow's pages parse the messages. */
  readonly formatOf?: (attributes: Attributes) => string | undefined
}

const GEN_AI_TOKENS: TokenNames = {
  input: ['gen_ai.usage.input_tokens'],
  output: ['gen_ai.usage.output_tokens'],
  cacheRead: ['gen_ai.usage.cache_read.input_tokens'],
  cacheCreation: ['gen_ai.usage.cache_write.input_tokens', 'gen_ai.usage.cache_creation.input_tokens'],
}
const GEN_AI_MODEL = ['gen_ai.response.model', 'gen_ai.request.model']

/** https://github.com/Arize-ai/openinference/tree/main/spec */
const OPEN_INFERENCE: Convention = {
  kinds: {
    names: ['openinference.span.kind'],
    types: same('TOOL CHAIN LLM RETRIEVER EMBEDDING AGENT RERANKER UNKNOWN GUARDRAIL EVALUATOR'),
  },
  tokens: {
    input: ['llm.token_count.prompt'],
    output: ['llm.token_count.completion'],
    total: ['llm.token_count.total'],
    cacheRead: ['llm.token_count.prompt_details.cache_read'],
    cacheCreation: ['llm.token_count.prompt_details.cache_write'],
  },
  inputs: ['input.value'],
  outputs: ['output.value'],
  model: ['llm.response.model_name', 'llm.model_name', 'llm.request.model_name', 'embedding.model_name'],
  provider: 'llm.provider',
}

/** https://opentelemetry.io/docs/specs/semconv/gen-ai/ */
const GEN_AI: Convention = {
  kinds: {
    names: ['gen_ai.operation.name'],
    types: {
      chat: 'CHAT_MODEL',
      create_agent: 'AGENT',
      embeddings: 'EMBEDDING',
      execute_tool: 'TOOL',
      generate_content: 'LLM',
      invoke_agent: 'AGENT',
      text_completion: 'LLM',
      response: 'LLM',
    },
  },
  tokens: GEN_AI_TOKENS,
  inputs: ['gen_ai.input.messages', 'gen_ai.tool.call.arguments'],
  outputs: ['gen_ai.output.messages', 'gen_ai.tool.call.result'],
  model: GEN_AI_MODEL,
  provider: 'gen_ai.provider.name',
  tools: ['gen_ai.tool.definitions'],
}

/** https://docs.spring.io/spring-ai/reference/observability/ */
const SPRING_AI: Convention = {
  inputEvent: ['gen_ai.content.prompt', 'gen_ai.prompt'],
  outputEvent: ['gen_ai.content.completion', 'gen_ai.completion'],
}

/** https://github.com/traceloop/openllmetry */
const TRACELOOP: Convention = {
  kinds: {
    names: ['traceloop.span.kind'],
    types: { workflow: 'WORKFLOW', task: 'TASK', agent: 'AGENT', tool: 'TOOL', unknown: 'UNKNOWN' },
  },
  tokens: {
    input: ['gen_ai.usage.prompt_tokens'],
    output: ['gen_ai.usage.completion_tokens'],
    total: ['llm.usage.total_tokens'],
  },
  inputs: [
    'traceloop.entity.input',
    /^gen_ai\.prompt\.\d+\.content/,
    /^gen_ai\.completion\.\d+\.tool_calls\.\d+\.arguments/,
  ],
  outputs: ['traceloop.entity.output', /^gen_ai\.completion\.\d+\.content/],
  provider: 'gen_ai.system',
}

/** https://google.github.io/adk-docs/observability/ */
const GOOGLE_ADK: Convention = {
  inputs: ['gcp.vertex.agent.llm_request', 'gcp.vertex.agent.tool_call_args'],
  outputs: ['gcp.vertex.agent.llm_response', 'gcp.vertex.agent.tool_response'],
}

/** https://voltagent.dev/observability/ Child spans carry their parent's `entity.type`, so that comes second. */
const VOLTAGENT: Convention = {
  kinds: {
    names: ['span.type', 'entity.type'],
    types: { agent: 'AGENT', llm: 'LLM', tool: 'TOOL', memory: 'MEMORY' },
  },
  tokens: {
    input: ['usage.prompt_tokens', 'llm.usage.prompt_tokens'],
    output: ['usage.completion_tokens', 'llm.usage.completion_tokens'],
    total: ['usage.total_tokens', 'llm.usage.total_tokens'],
  },
  inputs: ['agent.messages', 'llm.messages', 'input'],
  outputs: ['output'],
  formatOf: (attributes) =>
    hasAny(attributes, ['voltagent.operation_id', 'voltagent.conversation_id']) ? 'voltagent' : undefined,
}

/** https://docs.livekit.io/agents/observability/ */
const LIVEKIT: Convention = {
  typeOf(attributes) {
    if ('gen_ai.request.model' in attributes) return 'LLM'
    const names = Object.keys(attributes)
    if (names.includes('lk.retry_count')) return 'LLM'
    if (names.some((name) => name.startsWith('lk.function_tool'))) return 'TOOL'
    return hasAny(attributes, ['lk.agent_name', 'lk.instructions', 'lk.generation_id']) ? 'AGENT' : undefined
  },
  inputs: ['lk.user_input', 'lk.user_transcript', 'lk.chat_ctx', 'lk.input_text'],
  outputs: ['lk.response.text', 'lk.response.function_calls'],
  formatOf: (attributes) =>
    Object.keys(attributes).some((name) => name.startsWith('lk.')) ? 'livekit' : undefined,
}

/** https://docs.lmnr.ai/ */
const LAMINAR: Convention = {
  kinds: {
    names: ['lmnr.span.type'],
    types: {
      ...same('LLM TOOL EVALUATOR'),
      DEFAULT: 'CHAIN',
      PIPELINE: 'CHAIN',
      EXECUTOR: 'AGENT',
      HUMAN_EVALUATOR: 'EVALUATOR',
      EVALUATION: 'EVALUATOR',
      CACHED: 'LLM',
    },
  },
  inputs: ['lmnr.span.input'],
  outputs: ['lmnr.span.output'],
  formatOf: (attributes) => (hasAny(attributes, ['lmnr.span.type']) ? 'openai' : undefined),
}

/** https://langfuse.com/integrations/native/opentelemetry */
const LANGFUSE: Convention = {
  kinds: {
    names: ['langfuse.observation.type'],
    types: {
      generation: 'LLM',
      embedding: 'EMBEDDING',
      tool: 'TOOL',
      retriever: 'RETRIEVER',
      agent: 'AGENT',
      chain: 'CHAIN',
      evaluator: 'EVALUATOR',
      guardrail: 'GUARDRAIL',
      span: 'UNKNOWN',
    },
  },
  inputs: ['langfuse.observation.input'],
  outputs: ['langfuse.observation.output'],
}

/** In order of precedence: the first convention with a value wins. */
export const CONVENTIONS: readonly Convention[] = [
  OPEN_INFERENCE,
  GEMINI_CLI,
  CLAUDE_CODE,
  GEN_AI,
  SPRING_AI,
  TRACELOOP,
  GOOGLE_ADK,
  VERCEL_AI,
  VOLTAGENT,
  LIVEKIT,
  LAMINAR,
  LANGFUSE,
]

function same(words: string): Record<string, string> {
  return Object.fromEntries(words.split(' ').map((word) => [word, word]))
}

const hasAny = (attributes: Attributes, names: readonly string[]) => names.some((name) => name in attributes)
