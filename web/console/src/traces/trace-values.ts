import type { Assessment, TraceInfo } from '../api/traces.js'
import type { Tone } from '../ui/status.js'

const TAG = { name: 'mlflow.traceName', prompts: 'mlflow.linkedPrompts' } as const
const METADATA = {
  run: 'mlflow.sourceRun',
  model: 'mlflow.modelId',
  session: 'mlflow.trace.session',
  user: 'mlflow.trace.user',
  usage: 'mlflow.trace.tokenUsage',
  cost: 'mlflow.trace.cost',
} as const

export interface TokenUsage {
  readonly input: number | undefined
  readonly output: number | undefined
  readonly total: number | undefined
}

export interface PromptLink {
  readonly name: string
  readonly version: string
}

export const traceName = ({ tags, trace_id }: TraceInfo) => tags?.[TAG.name] || shortId(trace_id)

/** The first characters of an id, which tell ids apart in a list. */
export const shortId = (id: string) => (id.length > 14 ? `${id.slice(0, 11)}…` : id)

export const traceTime = ({ request_time }: TraceInfo) => (request_time ? Date.parse(request_time) : 0)

/** Milliseconds; undefined while the trace is running. */
export function traceDuration({ execution_duration }: TraceInfo): number | undefined {
  const seconds = execution_duration === undefined ? Number.NaN : Number.parseFloat(execution_duration)
  return Number.isNaN(seconds) ? undefined : seconds * 1000
}

export const traceSession = ({ trace_metadata }: TraceInfo) => trace_metadata?.[METADATA.session]
export const traceUser = ({ trace_metadata }: TraceInfo) => trace_metadata?.[METADATA.user]
export const traceRun = ({ trace_metadata }: TraceInfo) => trace_metadata?.[METADATA.run]
export const traceModel = ({ trace_metadata }: TraceInfo) => trace_metadata?.[METADATA.model]

export function traceTokens({ trace_metadata }: TraceInfo): TokenUsage | undefined {
  const usage = parseObject(trace_metadata?.[METADATA.usage])
  if (!usage) return undefined
  const [input, output] = [numberOf(usage.input_tokens), numberOf(usage.output_tokens)]
  const sum = input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0)
  return { input, output, total: numberOf(usage.total_tokens) ?? sum }
}

/** US dollars. */
export const traceCost = ({ trace_metadata }: TraceInfo) =>
  numberOf(parseObject(trace_metadata?.[METADATA.cost])?.total_cost)

export function tracePrompts({ tags }: TraceInfo): PromptLink[] {
  const linked = parseJson(tags?.[TAG.prompts])
  if (!Array.isArray(linked)) return []
  return linked.flatMap((one) =>
    typeof one?.name === 'string' ? [{ name: one.name, version: String(one.version ?? '') }] : [],
  )
}

export type TraceStatus = 'OK' | 'ERROR' | 'IN_PROGRESS' | 'UNKNOWN'

export const traceStatus = ({ state }: TraceInfo): TraceStatus =>
  state === undefined || state === 'STATE_UNSPECIFIED' ? 'UNKNOWN' : state

export const TRACE_TONE: Readonly<Record<TraceStatus, Tone>> = {
  OK: 'ok',
  ERROR: 'bad',
  IN_PROGRESS: 'running',
  UNKNOWN: 'waiting',
}

/** The assessments that count: a replaced one is history. */
export const validAssessments = ({ assessments = [] }: TraceInfo) =>
  assessments.filter(({ valid }) => valid !== false)

/** The value of feedback or of an expectation; undefined for an issue. */
export function assessmentValue({ feedback, expectation }: Assessment): unknown {
  if (feedback) return feedback.value
  if (!expectation) return undefined
  const { value, serialized_value } = expectation
  return serialized_value ? parseJson(serialized_value.value) : value
}

export function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

function parseObject(text: string | undefined): Record<string, unknown> | undefined {
  const value = parseJson(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

const numberOf = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

/** `$0.0123`, with at least two significant digits of small amounts. */
export function formatCost(dollars: number, language: string): string {
  const digits = Math.abs(dollars) < 1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 }
  return new Intl.NumberFormat(language, { style: 'currency', currency: 'USD', ...digits }).format(dollars)
}
