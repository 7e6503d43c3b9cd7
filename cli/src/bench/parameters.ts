import { invalid } from '@cairn/platform/errors'

export type ParametersByKind = Record<string, Record<string, unknown>>

/** Parses `--param kind.name=value` and adds it to the previous ones. Values are JSON if they parse as such, else text. */
export function addParameter(text: string, previous: ParametersByKind = {}): ParametersByKind {
  const [, kind, name, value] = /^([a-z0-9-]+)\.([A-Za-z0-9_]+)=(.*)$/.exec(text) ?? []
  if (!kind || !name || value === undefined)
    throw invalid(`'${text}' is not a parameter; use kind.name=value, e.g. als.factors=32.`)
  return { ...previous, [kind]: { ...previous[kind], [name]: parseValue(value) } }
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
