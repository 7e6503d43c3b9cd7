import { text } from 'node:stream/consumers'
import { ApiError } from '@cairn/platform/errors'
import { dump, isList, isMap, parse } from '@cairn/tracking-server/spans/value'
import type { SourceFiles } from './source.js'

const FILE = 'traces.json'

/** The spans of a `traces.json`, each as JSON text. Malformed JSON has none. */
export function parseSpans(traceData: string): string[] {
  try {
    const data = parse(traceData)
    const { spans = [] } = isMap(data) ? data : {}
    return spans !== null && isList(spans) ? spans.map(dump) : []
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

/** Reads the spans that clients store as an artifact of a trace; none when the file is missing or may not be read. */
export async function readSpansFile(files: () => SourceFiles): Promise<string[]> {
  try {
    return parseSpans(await text(await files().open(FILE)))
  } catch (error) {
    const code = error instanceof ApiError ? error.code : undefined
    if (code === 'FAILED_PRECONDITION' || code === 'RESOURCE_DOES_NOT_EXIST') return []
    throw error
  }
}
