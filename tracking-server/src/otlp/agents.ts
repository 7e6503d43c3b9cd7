import type { SpanGroup } from './spans.js'

const SERVICE = 'service.name'
const AGENTS = new Set(['claude-code', 'codex_cli_rs', 'codex_vscode', 'gemini-cli', 'qwen-code'])

/** Of coding agents, root spans tell the name, by which MLflow's pages know them. */
export function withAgent(group: SpanGroup): SpanGroup {
  const name = group.resource[SERVICE]
  if (typeof name !== 'string' || !AGENTS.has(name)) return group
  const spans = group.spans.map((span) =>
    span.parent_span_id === undefined
      ? { ...span, attributes: { ...span.attributes, [SERVICE]: name } }
      : span,
  )
  return { ...group, spans }
}
