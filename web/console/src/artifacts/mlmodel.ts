import { parse } from 'yaml'

export interface SignatureField {
  readonly name: string
  readonly type: string
  readonly required: boolean
}

/** An MLmodel file. */
export interface ModelCard {
  /** Name, and its settings as text. */
  readonly flavors: readonly {
    readonly name: string
    readonly settings: readonly (readonly [string, string])[]
  }[]
  readonly inputs: readonly SignatureField[]
  readonly outputs: readonly SignatureField[]
  readonly params: readonly SignatureField[]
  /** Other values of the file, in its order. */
  readonly facts: readonly (readonly [string, string])[]
}

/** @throws for text that is not YAML, or not of an MLmodel */
export function parseModel(text: string): ModelCard {
  const { flavors, signature, ...rest } = object(parse(text, { maxAliasCount: 50 }))
  if (!flavors) throw new SyntaxError('no flavors')
  const { inputs, outputs, params } = object(signature)
  return {
    flavors: Object.entries(object(flavors)).map(([name, settings]) => ({
      name,
      settings: pairs(object(settings)),
    })),
    inputs: fields(inputs),
    outputs: fields(outputs),
    params: fields(params),
    facts: pairs(rest),
  }
}

const object = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}

const pairs = (value: Record<string, unknown>) =>
  Object.entries(value).flatMap(([key, item]): [string, string][] =>
    item === null || item === undefined
      ? []
      : [[key, typeof item === 'object' ? JSON.stringify(item) : String(item)]],
  )

/** Fields of a signature, which MLflow writes as JSON in a string. */
export function fields(json: unknown): SignatureField[] {
  if (typeof json !== 'string') return []
  try {
    const list: unknown = JSON.parse(json)
    return Array.isArray(list) ? list.map(object).map(toField) : []
  } catch {
    return []
  }
}

function toField({ name, type, required, ...spec }: Record<string, unknown>): SignatureField {
  const tensor = object(spec['tensor-spec'])
  const kind = tensor.dtype ? `${tensor.dtype} [${[tensor.shape].flat().join(', ')}]` : typeText(type, spec)
  return { name: typeof name === 'string' ? name : '', type: kind, required: required !== false }
}

function typeText(type: unknown, spec: Record<string, unknown>): string {
  if (type === 'array') return `array<${typeText(object(spec.items).type, object(spec.items))}>`
  if (type === 'object') return `object {${Object.keys(object(spec.properties)).join(', ')}}`
  const value = typeof type === 'string' ? type : JSON.stringify(spec)
  return spec.default === undefined ? value : `${value} = ${JSON.stringify(spec.default)}`
}
