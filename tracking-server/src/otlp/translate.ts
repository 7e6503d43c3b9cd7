import { ATTRIBUTE, type Span, type SpanEvent, UNKNOWN_TYPE } from '../spans/span.js'
import { isList, isMap, type Value, type ValueMap } from '../spans/value.js'
import { CONVENTIONS, type Convention, type TokenNames } from './conventions.js'

/** The span with MLflow's own attributes beside those of other conventions; what it has already stays. */
export function translate(span: Span): Span {
  const { attributes: given, events } = span
  const found: Record<string, Value | undefined> = {
    [ATTRIBUTE.INPUTS]:
      firstOf((one) => inputsOf(one, given)) ?? firstOf((one) => eventOf(one.inputEvent, events)),
    [ATTRIBUTE.OUTPUTS]:
      firstOf((one) => outputsOf(one, given)) ?? firstOf((one) => eventOf(one.outputEvent, events)),
    [ATTRIBUTE.USAGE]: usageIn(given),
    [ATTRIBUTE.FORMAT]: firstOf((one) => one.formatOf?.(given)),
    [ATTRIBUTE.TOOLS]: firstOf((one) => lookUp(given, one.tools)),
    [ATTRIBUTE.PROVIDER]: firstOf((one) => one.provider && lookUp(given, [one.provider])),
  }
  const added = Object.entries(found).filter(([name, value]) => value !== undefined && !(name in given))
  const attributes: ValueMap = { ...given, ...(Object.fromEntries(added) as ValueMap) }
  return { ...span, attributes: { ...attributes, ...modelOf(attributes), ...typeOf(attributes) } }
}

/** What the first convention has that has it. */
function firstOf<T>(look: (convention: Convention) => T | undefined | ''): T | undefined {
  for (const convention of CONVENTIONS) {
    const found = look(convention)
    if (found !== undefined && found !== '') return found
  }
  return undefined
}

const inputsOf = (one: Convention, attributes: ValueMap) =>
  one.inputsOf?.(attributes) ?? lookUp(attributes, one.inputs)
const outputsOf = (one: Convention, attributes: ValueMap) =>
  one.outputsOf?.(attributes) ?? lookUp(attributes, one.outputs)

/** What Python would take for false counts as absent. */
function lookUp(attributes: ValueMap, names: readonly (string | RegExp)[] = []): Value | undefined {
  for (const name of names) {
    const matching =
      typeof name === 'string' ? [name] : Object.keys(attributes).filter((key) => name.test(key))
    for (const key of matching) if (isSomething(attributes[key])) return attributes[key]
  }
  return undefined
}

function isSomething(value: Value | undefined): boolean {
  if (value === undefined || value === null) return false
  if (isList(value)) return value.length > 0
  return isMap(value) ? Object.keys(value).length > 0 : Boolean(value)
}

function eventOf(place: Convention['inputEvent'], events: readonly SpanEvent[]): Value | undefined {
  if (!place) return undefined
  const values = events.filter(({ name }) => name === place[0]).map(({ attributes }) => attributes[place[1]])
  return values.find(isSomething)
}

/** Of a convention that tells both kinds, before one that tells a part. */
const usageIn = (attributes: ValueMap) =>
  firstOf(({ tokens }) =>
    tokens && isWhole(tokens, attributes) ? usageOf(tokens, attributes) : undefined,
  ) ?? firstOf(({ tokens }) => tokens && usageOf(tokens, attributes))

const isWhole = ({ input, output }: TokenNames, attributes: ValueMap) =>
  [input, output].every((names) => countOf(attributes, names) !== undefined)

function usageOf(names: TokenNames, attributes: ValueMap): ValueMap | undefined {
  const [input, output] = [countOf(attributes, names.input), countOf(attributes, names.output)]
  const both = input !== undefined && output !== undefined ? input + output : undefined
  const total = countOf(attributes, names.total) ?? both
  if ((input ?? output ?? total) === undefined) return undefined
  const counts = {
    input_tokens: input,
    output_tokens: output,
    total_tokens: total,
    cache_read_input_tokens: countOf(attributes, names.cacheRead),
    cache_creation_input_tokens: countOf(attributes, names.cacheCreation),
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined)) as ValueMap
}

const countOf = (attributes: ValueMap, names: readonly string[] = []) =>
  names.map((name) => tokenCount(attributes[name])).find((count) => count !== undefined)

const tokenCount = (value: Value | undefined): bigint | undefined => {
  if (typeof value === 'bigint') return value
  return typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? BigInt(value.trim()) : undefined
}

/** By an attribute of some convention, else the `model` that the inputs or outputs name. */
function modelOf(attributes: ValueMap): ValueMap {
  if (ATTRIBUTE.MODEL in attributes) return {}
  const named = [attributes[ATTRIBUTE.INPUTS], attributes[ATTRIBUTE.OUTPUTS]].map((value) =>
    value !== undefined && isMap(value) ? value.model : undefined,
  )
  const model =
    firstOf((one) => lookUp(attributes, one.model)) ??
    named.find((value) => typeof value === 'string' && value !== '')
  return model === undefined ? {} : { [ATTRIBUTE.MODEL]: model }
}

function typeOf(attributes: ValueMap): ValueMap {
  const given = attributes[ATTRIBUTE.TYPE]
  if (given && given !== UNKNOWN_TYPE) return {}
  const type = firstOf((one) => one.typeOf?.(attributes) ?? kindOf(one, attributes))
  return type === undefined ? {} : { [ATTRIBUTE.TYPE]: type }
}

function kindOf({ kinds }: Convention, attributes: ValueMap): string | undefined {
  for (const name of kinds?.names ?? []) {
    const kind = attributes[name]
    if (typeof kind === 'string' && Object.hasOwn(kinds!.types, kind)) return kinds!.types[kind]
  }
  return undefined
}
