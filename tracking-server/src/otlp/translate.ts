import { ATTRIBUTE, type Span, type SpanEvent, UNKNOWN_TYPE } from '../spans/span.js'
import { isList, isMap, type Value, type ValueMap } from '../spans/value.js'
import { REDACTED } from './claude-code.js'
import { CONVENTIONS, type Convention } from './conventions.js'
import { readTokens, usageOf } from './tokens.js'

/** The span with MLflow's own attributes beside those of other conventions; what it has already stays. */
export function translate(span: Span): Span {
  const { attributes: given, events } = span
  const found: Record<string, Value | undefined> = {
    [ATTRIBUTE.INPUTS]:
      firstOf((one) => inputsOf(one, given)) ?? firstOf((one) => eventOf(one.inputEvent, events)),
    [ATTRIBUTE.OUTPUTS]:
      firstOf((one) => outputsOf(one, given)) ?? firstOf((one) => eventOf(one.outputEvent, events)),
    [ATTRIBUTE.USAGE]: usageOf(CONVENTIONS.map((one) => tokensOf(one, given))),
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
  const [name, ...keys] = place
  const told = events.filter((event) => event.name === name)
  return told
    .flatMap(({ attributes }) => keys.map((key) => attributes[key]))
    .find((value) => isSomething(value) && value !== REDACTED)
}

const tokensOf = (one: Convention, attributes: ValueMap) =>
  one.tokensOf?.(attributes) ?? (one.tokens ? readTokens(attributes, one.tokens) : {})

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
