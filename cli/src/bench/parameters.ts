import { invalid } from '@cairn/platform/errors'

export type Parameters = Record<string, Record<string, unknown>>

/** `--param kind.name=value`, once or more: values are numbers, true, false or JSON where they read as such, else text. */
export function addParameter(given: string, before: Parameters = {}): Parameters {
  const [, kind, name, value] = /^([a-z0-9-]+)\.([A-Za-z0-9_]+)=(.*)$/.exec(given) ?? []
  if (!kind || !name || value === undefined)
    throw invalid(`--param takes kind.name=value, e.g. als.factors=32, not '${given}'.`)
  return { ...before, [kind]: { ...before[kind], [name]: readValue(value) } }
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
