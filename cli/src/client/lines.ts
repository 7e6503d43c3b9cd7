import { StringDecoder } from 'node:string_decoder'
import { invalid } from '@cairn/platform/errors'

/** The lines of a stream, one at a time. @throws INVALID_PARAMETER_VALUE when one is longer than `max` characters */
export async function* boundedLines(
  stream: AsyncIterable<Buffer | string>,
  max: number,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0
  for await (const chunk of stream) {
    const pieces = (typeof chunk === 'string' ? chunk : decoder.write(chunk)).split('\n')
    for (const [i, piece] of pieces.entries()) {
      length += piece.length
      if (length > max) throw invalid(`A line is longer than ${max} characters.`)
      parts.push(piece)
      if (i === pieces.length - 1) continue
      yield parts.join('')
      parts = []
      length = 0
    }
  }
  if (length > 0) yield parts.join('')
}
