import { ATTRIBUTE, type Span, type SpanEvent, UNKNOWN_TYPE } from '../spans/span.js'
import { isList, isMap, type Value, type ValueMap } from '../spans/value.js'
import { REDACTED } from './claude-code.js'
import { CONVENTIONS, type Convention } from './conventions.js'
import { readTokens, toUsage } from './tokens.js'

/** Adds MLflow's attributes, derived from those of other conventions, unless the span has them already. */
export function translate(span: Span): Span {
  const { attributes: original, events } = span
  const found: Record<string, Value | undefined> = {
    [ATTRIBUTE.INPUTS]:
      firstOf((one) => inputsOf(one, original)) ?? firstOf((one) => eventOf(one.inputEvent, events)),
    [ATTRIBUTE.OUTPUTS]:
      firstOf((one) => outputsOf(one, original)) ?? firstOf((one) => eventOf(one.outputEvent, events)),
    [ATTRIBUTE.USAGE]: toUsage(CONVENTIONS.map((one) => tokensOf(one, original))),
    [ATTRIBUTE.FORMAT]: firstOf((one) => one.formatOf?.(original)),
    [ATTRIBUTE.TOOLS]: firstOf((one) => lookUp(original, one.tools)),
    [ATTRIBUTE.PROVIDER]: firstOf((one) => one.provider && lookUp(original, [one.provider])),
  }
  const added = Object.entries(found).filter(([name, value]) => value !== undefined && !(name in original))
  const attributes: ValueMap = { ...original, ...(Object.fromEntries(added) as ValueMap) }
  return { ...span, attributes: { ...attributes, ...modelOf(attributes), ...typeOf(attributes) } }
}

/** Returns the first value that a convention yields. */
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

/** Values that are falsy in Python count as absent. */
function lookUp(attributes: ValueMap, names: readonly (string | RegExp)[] = []): Value | undefined {
  for (const name of names) {
    const matching =
      typeof name === 'string' ? [name] : Object.keys(attributes).filter((key) => name.test(key))
    for (const key of matching) if (isTruthy(attributes[key])) return attributes[key]
  }
  return undefined
}

function isTruthy(value: Value | undefined): boolean {
  if (value === undefined || value === null) return false
  if (isList(value)) return value.length > 0
  return isMap(value) ? Object.keys(value).length > 0 : Boolean(value)
}

function eventOf(source: Convention['inputEvent'], events: readonly SpanEvent[]): Value | undefined {
  if (!source) return undefined
  const [name, ...keys] = source
  return events
    .filter((event) => event.name === name)
    .flatMap(({ attributes }) => keys.map((key) => attributes[key]))
    .find((value) => isTruthy(value) && value !== REDACTED)
}

const tokensOf = (one: Convention, attributes: ValueMap) =>
  one.tokensOf?.(attributes) ?? (one.tokens ? readTokens(attributes, one.tokens) : {})

/** Finds the model in an attribute of a convention, otherwise in `model` of the inputs or outputs. */
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
  const type = attributes[ATTRIBUTE.TYPE]
  if (type && type !== UNKNOWN_TYPE) return {}
  const derived = firstOf((one) => one.typeOf?.(attributes) ?? kindOf(one, attributes))
  return derived === undefined ? {} : { [ATTRIBUTE.TYPE]: derived }
}

function kindOf({ kinds }: Convention, attributes: ValueMap): string | undefined {
  for (const name of kinds?.names ?? []) {
    const kind = attributes[name]
    if (typeof kind === 'string' && Object.hasOwn(kinds!.types, kind)) return kinds!.types[kind]
  }
  return undefined
}
