import { dump, isList, isMap, parse } from '@cairn/tracking-server/spans/value'

/** The spans of `traces.json`, each by itself; none where it is none. */
export function spansIn(traceData: string): string[] {
  try {
    const data = parse(traceData)
    const { spans = [] } = isMap(data) ? data : {}
    return spans !== null && isList(spans) ? spans.map(dump) : []
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}
