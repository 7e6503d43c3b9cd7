import { text } from 'node:stream/consumers'
import { ApiError } from '@cairn/platform/errors'
import { dump, isList, isMap, parse } from '@cairn/tracking-server/spans/value'
import type { SourceFiles } from './source.js'

const FILE = 'traces.json'

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

/** Those that a client keeps among the artifacts of a trace; none where these are not there or may not be read. */
export async function spansAmong(files: () => SourceFiles): Promise<string[]> {
  try {
    return spansIn(await text(await files().open(FILE)))
  } catch (error) {
    const code = error instanceof ApiError ? error.code : undefined
    if (code === 'FAILED_PRECONDITION' || code === 'RESOURCE_DOES_NOT_EXIST') return []
    throw error
  }
}
