import { createReadStream } from 'node:fs'
import { decodeLine } from './event.js'

export interface LogLine<Event> {
  readonly event: Event
  /** Byte offset of the end of this line. */
  readonly end: number
}

export interface LogDamage {
  /** Number of damaged lines before the last one. */
  readonly lines: number
  /** Bytes of an incomplete last line. */
  readonly tornBytes: number
}

/**
 * Reads the valid lines of a log from byte `from`, the start of a line. Damaged lines are skipped and reported at the end;
 * lines are independent, so a damaged one affects no other.
 */
export async function* readLog<Event>(
  path: string,
  from = 0,
  onDamage: (damage: LogDamage) => void = () => {},
): AsyncGenerator<LogLine<Event>> {
  let rest: Buffer = Buffer.alloc(0)
  let end = from
  let lines = 0
  for await (const chunk of createReadStream(path, { start: from }) as AsyncIterable<Buffer>) {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let start = 0
    for (let stop = rest.indexOf(NEWLINE); stop >= 0; stop = rest.indexOf(NEWLINE, start)) {
      const line = rest.toString('utf8', start, stop)
      end += stop + 1 - start
      start = stop + 1
      const event = decodeLine(line)
      if (event) yield { event: event as Event, end }
      else if (line !== '') lines++
    }
    rest = rest.subarray(start)
  }
  // Only the newline may be missing from the last line.
  const last = decodeLine(rest.toString('utf8'))
  if (last) yield { event: last as Event, end: end + rest.length }
  onDamage({ lines, tornBytes: last ? 0 : rest.length })
}

const NEWLINE = 0x0a
