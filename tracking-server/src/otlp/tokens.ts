import type { Value, ValueMap } from '../spans/value.js'

/** Names of the attributes with token counts, in order of preference. */
export interface TokenNames {
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly total?: readonly string[]
  readonly cacheRead?: readonly string[]
  readonly cacheCreation?: readonly string[]
}

export interface TokenCounts {
  readonly input?: bigint | undefined
  readonly output?: bigint | undefined
  readonly total?: bigint | undefined
  readonly cacheRead?: bigint | undefined
  readonly cacheCreation?: bigint | undefined
}

export const readTokens = (attributes: ValueMap, names: TokenNames): TokenCounts => ({
  input: countOf(attributes, names.input),
  output: countOf(attributes, names.output),
  total: countOf(attributes, names.total),
  cacheRead: countOf(attributes, names.cacheRead),
  cacheCreation: countOf(attributes, names.cacheCreation),
})

const countOf = (attributes: ValueMap, names: readonly string[] = []) =>
  names.map((name) => toCount(attributes[name])).find((count) => count !== undefined)

function toCount(value: Value | undefined): bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? BigInt(value.trim()) : undefined
}

/** Returns usage in MLflow's format: the first counts with input and output, otherwise the first partial counts. */
export function toUsage(counted: readonly TokenCounts[]): ValueMap | undefined {
  const counts =
    counted.find(({ input, output }) => input !== undefined && output !== undefined) ??
    counted.find(({ input, output, total }) => (input ?? output ?? total) !== undefined)
  if (!counts) return undefined
  const { input, output, total, cacheRead, cacheCreation } = counts
  const usage = {
    input_tokens: input,
    output_tokens: output,
    total_tokens: total ?? (input !== undefined && output !== undefined ? input + output : undefined),
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheCreation,
  }
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== undefined)) as ValueMap
}
