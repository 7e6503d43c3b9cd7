import { StringDecoder } from 'node:string_decoder'
import { invalid } from '@cairn/platform/errors'

/** Splits a stream into lines. @throws INVALID_PARAMETER_VALUE for a line of more than `max` characters */
export async function* boundedLines(
  stream: AsyncIterable<Buffer | string>,
  max: number,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0
  for await (const chunk of stream) {
    const segments = (typeof chunk === 'string' ? chunk : decoder.write(chunk)).split('\n')
    for (const [i, segment] of segments.entries()) {
      length += segment.length
      if (length > max) throw invalid(`A line is longer than ${max} characters.`)
      parts.push(segment)
      if (i === segments.length - 1) continue
      yield parts.join('')
      parts = []
      length = 0
    }
  }
  if (length > 0) yield parts.join('')
}
