import { describe, expect, test } from 'vitest'
import type { Span, SpanEvent } from '../spans/span.js'
import type { ValueMap } from '../spans/value.js'
import { translate } from './translate.js'

const span = (attributes: ValueMap, events: readonly SpanEvent[] = []): Span => ({
  trace_id: 'tr-1',
  otel_trace_id: '1'.repeat(32),
  span_id: '1'.repeat(16),
  parent_span_id: undefined,
  name: 'step',
  status: 'OK',
  status_message: '',
  start_time_unix_nano: 0n,
  end_time_unix_nano: 1n,
  attributes,
  events,
  links: [],
})
const event = (name: string, attributes: ValueMap): SpanEvent => ({ name, time_unix_nano: 0n, attributes })
const tokens = (input: bigint, output: bigint, total: bigint) => ({
  'mlflow.chat.tokenUsage': { input_tokens: input, output_tokens: output, total_tokens: total },
})

describe('translation of other conventions to MLflow’s attributes', () => {
  test.each<[string, ValueMap, ValueMap]>([
    [
      'OpenInference',
      {
        'openinference.span.kind': 'RETRIEVER',
        'input.value': 'Hello',
        'output.value': ['Bye'],
        'llm.token_count.prompt': 100n,
        'llm.token_count.completion': 50n,
        'llm.token_count.total': 151n,
        'llm.response.model_name': 'm',
        'llm.model_name': 'asked',
        'llm.provider': 'p',
      },
      {
        'mlflow.spanType': 'RETRIEVER',
        'mlflow.spanInputs': 'Hello',
        'mlflow.spanOutputs': ['Bye'],
        ...tokens(100n, 50n, 151n),
        'mlflow.llm.model': 'm',
        'mlflow.llm.provider': 'p',
      },
    ],
    [
      'GenAI',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.input.messages': [{ role: 'user' }],
        'gen_ai.output.messages': [{ role: 'assistant' }],
        'gen_ai.usage.input_tokens': '100',
        'gen_ai.usage.output_tokens': 50n,
        'gen_ai.request.model': 'asked',
        'gen_ai.response.model': 'answered',
        'gen_ai.provider.name': 'p',
        'gen_ai.tool.definitions': [{ name: 't' }],
      },
      {
        'mlflow.spanType': 'CHAT_MODEL',
        'mlflow.spanInputs': [{ role: 'user' }],
        'mlflow.spanOutputs': [{ role: 'assistant' }],
        ...tokens(100n, 50n, 150n),
        'mlflow.llm.model': 'answered',
        'mlflow.llm.provider': 'p',
        'mlflow.chat.tools': [{ name: 't' }],
      },
    ],
    [
      'Claude Code, model request',
      {
        'span.type': 'claude_code.llm_request',
        new_context: 'Which film?',
        'response.model_output': 'Heat',
        input_tokens: 5n,
        output_tokens: 2n,
        cache_read_tokens: 30n,
      },
      {
        'mlflow.spanType': 'LLM',
        'mlflow.spanInputs': 'Which film?',
        'mlflow.spanOutputs': 'Heat',
        'mlflow.chat.tokenUsage': {
          input_tokens: 35n,
          output_tokens: 2n,
          total_tokens: 37n,
          cache_read_input_tokens: 30n,
        },
      },
    ],
    [
      'Claude Code, tool',
      { 'span.type': 'tool', tool_input: '<REDACTED>', full_command: 'ls', input_tokens: 5n },
      { 'mlflow.spanType': 'TOOL', 'mlflow.spanInputs': { full_command: 'ls' } },
    ],
    [
      'Claude Code, user prompt',
      { 'span.type': 'interaction', user_prompt: '<REDACTED>', new_context: 'Which film?' },
      { 'mlflow.spanType': 'AGENT', 'mlflow.spanInputs': 'Which film?' },
    ],
    [
      'Gemini CLI, model request',
      {
        'gen_ai.agent.name': 'gemini-cli',
        'gen_ai.operation.name': 'llm_call',
        'gen_ai.input.messages': 'Which film?',
        'gen_ai.output.messages': [
          { role: 'model', parts: [{ text: 'He' }] },
          { role: 'model', parts: [{ text: 'at' }] },
        ],
      },
      {
        'mlflow.spanType': 'LLM',
        'mlflow.spanInputs': { contents: 'Which film?' },
        'mlflow.spanOutputs': {
          candidates: [{ content: { role: 'model', parts: [{ text: 'He' }, { text: 'at' }] } }],
        },
        'mlflow.message.format': 'gemini',
      },
    ],
    [
      'Gemini CLI, system prompt',
      {
        'gen_ai.agent.name': 'gemini-cli',
        'gen_ai.operation.name': 'system_prompt',
        'gen_ai.input.messages': [{ role: 'user', parts: [] }],
        'gen_ai.output.messages': { candidates: [] },
      },
      {
        'mlflow.spanInputs': { contents: [{ role: 'system', parts: [] }] },
        'mlflow.spanOutputs': { candidates: [] },
        'mlflow.message.format': 'gemini',
      },
    ],
    [
      'Traceloop',
      {
        'traceloop.span.kind': 'tool',
        'gen_ai.prompt.0.content': 'first',
        'gen_ai.completion.0.content': 'second',
        'gen_ai.usage.prompt_tokens': 1n,
        'gen_ai.usage.completion_tokens': 2n,
        'llm.usage.total_tokens': 3n,
        'gen_ai.system': 'p',
      },
      {
        'mlflow.spanType': 'TOOL',
        'mlflow.spanInputs': 'first',
        'mlflow.spanOutputs': 'second',
        ...tokens(1n, 2n, 3n),
        'mlflow.llm.provider': 'p',
      },
    ],
    [
      'Vercel AI',
      {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.prompt.messages': '[{"role": "user"}]',
        'ai.prompt.tools': ['{"name": "t"}'],
        'ai.response.text': 'Bye',
      },
      {
        'mlflow.spanType': 'LLM',
        'mlflow.spanInputs': { messages: [{ role: 'user' }], tools: [{ name: 't' }] },
        'mlflow.spanOutputs': { text: 'Bye' },
        'mlflow.message.format': 'vercel_ai',
      },
    ],
    [
      'VoltAgent',
      { 'span.type': 'llm', 'entity.type': 'agent', 'voltagent.operation_id': '1', input: 'i', output: 'o' },
      {
        'mlflow.spanType': 'LLM',
        'mlflow.spanInputs': 'i',
        'mlflow.spanOutputs': 'o',
        'mlflow.message.format': 'voltagent',
      },
    ],
    [
      'LiveKit',
      { 'lk.agent_name': 'a', 'lk.user_input': 'i', 'lk.response.text': 'o' },
      {
        'mlflow.spanType': 'AGENT',
        'mlflow.spanInputs': 'i',
        'mlflow.spanOutputs': 'o',
        'mlflow.message.format': 'livekit',
      },
    ],
    [
      'Laminar',
      { 'lmnr.span.type': 'PIPELINE', 'lmnr.span.input': 'i' },
      { 'mlflow.spanType': 'CHAIN', 'mlflow.spanInputs': 'i', 'mlflow.message.format': 'openai' },
    ],
    [
      'Langfuse',
      { 'langfuse.observation.type': 'generation', 'langfuse.observation.output': 'o' },
      { 'mlflow.spanType': 'LLM', 'mlflow.spanOutputs': 'o' },
    ],
    [
      'Google ADK, with the model in the inputs',
      { 'gcp.vertex.agent.llm_request': { model: 'm' } },
      { 'mlflow.spanInputs': { model: 'm' }, 'mlflow.llm.model': 'm' },
    ],
  ])('%s', (_name, input, added) => {
    expect(translate(span(input)).attributes).toEqual({ ...input, ...added })
  })

  test('Spring AI, in events', () => {
    const events = [
      event('gen_ai.content.prompt', { 'gen_ai.prompt': 'Hello' }),
      event('gen_ai.content.completion', { 'gen_ai.completion': 'Bye' }),
    ]
    expect(translate(span({}, events)).attributes).toEqual({
      'mlflow.spanInputs': 'Hello',
      'mlflow.spanOutputs': 'Bye',
    })
  })

  test('Claude Code, with the output of a tool, or its redaction, in an event', () => {
    const tool = { 'span.type': 'claude_code.tool', tool_input: { command: 'ls' } }
    const outputs = (reported: ValueMap) =>
      translate(span(tool, [event('tool.output', reported)])).attributes['mlflow.spanOutputs']
    expect(outputs({ output: '<REDACTED>', content: 'films.csv' })).toBe('films.csv')
    expect(outputs({ output: '<REDACTED>' })).toBeUndefined()
  })

  test("MLflow's own attributes are kept, except an unknown type", () => {
    const own = { 'mlflow.spanInputs': 1n, 'mlflow.spanType': 'LLM', 'mlflow.llm.model': 'mine' }
    const others = { 'input.value': 'x', 'openinference.span.kind': 'TOOL', 'llm.model_name': 'theirs' }
    expect(translate(span({ ...own, ...others })).attributes).toEqual({ ...own, ...others })
    const untyped = { 'mlflow.spanType': 'UNKNOWN', 'traceloop.span.kind': 'task' }
    expect(translate(span(untyped)).attributes).toMatchObject({ 'mlflow.spanType': 'TASK' })
  })

  test('empty values count as absent', () => {
    const input = { 'input.value': {}, 'traceloop.entity.input': 'i' }
    expect(translate(span(input)).attributes).toEqual({ ...input, 'mlflow.spanInputs': 'i' })
  })

  test.each<[string, ValueMap, ValueMap | undefined]>([
    ['of one kind', { 'gen_ai.usage.input_tokens': 5n }, { input_tokens: 5n }],
    ['only the total', { 'llm.usage.total_tokens': '7' }, { total_tokens: 7n }],
    [
      'zero of one kind',
      { 'gen_ai.usage.input_tokens': 5n, 'gen_ai.usage.output_tokens': 0n },
      { input_tokens: 5n, output_tokens: 0n, total_tokens: 5n },
    ],
    [
      'read from and written to a cache',
      {
        'llm.token_count.prompt': 5n,
        'llm.token_count.completion': 1n,
        'llm.token_count.prompt_details.cache_read': 3n,
        'llm.token_count.prompt_details.cache_write': 2n,
      },
      {
        input_tokens: 5n,
        output_tokens: 1n,
        total_tokens: 6n,
        cache_read_input_tokens: 3n,
        cache_creation_input_tokens: 2n,
      },
    ],
    [
      'written to a cache, by the earlier name',
      { 'gen_ai.usage.input_tokens': 5n, 'gen_ai.usage.cache_creation.input_tokens': 2n },
      { input_tokens: 5n, cache_creation_input_tokens: 2n },
    ],
    [
      'partial in one convention, complete in another',
      { 'llm.usage.total_tokens': 3n, 'llm.usage.prompt_tokens': 1n, 'llm.usage.completion_tokens': 2n },
      { input_tokens: 1n, output_tokens: 2n, total_tokens: 3n },
    ],
    ['that are not numbers', { 'gen_ai.usage.input_tokens': 'many' }, undefined],
  ])('tokens %s', (_what, input, usage) => {
    expect(translate(span(input)).attributes['mlflow.chat.tokenUsage']).toEqual(usage)
  })
})
