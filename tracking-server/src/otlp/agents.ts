import type { SpanGroup } from './spans.js'

const SERVICE = 'service.name'
const AGENTS = new Set(['claude-code', 'codex_cli_rs', 'codex_vscode', 'gemini-cli', 'qwen-code'])

/** Copies a coding agent's service name to its root spans, where MLflow's pages look for it. */
export function addAgentName(group: SpanGroup): SpanGroup {
  const name = group.resource[SERVICE]
  if (typeof name !== 'string' || !AGENTS.has(name)) return group
  const spans = group.spans.map((span) =>
    span.parent_span_id === undefined
      ? { ...span, attributes: { ...span.attributes, [SERVICE]: name } }
      : span,
  )
  return { ...group, spans }
}
