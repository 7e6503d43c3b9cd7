const KINDS: Readonly<Record<string, string>> = {
  LLM: 'model',
  CHAT_MODEL: 'model',
  TOOL: 'tool',
  RETRIEVER: 'data',
  RERANKER: 'data',
  EMBEDDING: 'data',
  AGENT: 'agent',
  EVALUATOR: 'agent',
  GUARDRAIL: 'agent',
}

/** The family of a span type, which has a colour of its own. */
export const spanKind = (type: string) => KINDS[type] ?? 'step'
