import { createReadStream } from 'node:fs'
import { decodeLine } from './event.js'

export interface LogLine<Event> {
  readonly event: Event
  /** Bytes of the file up to the end of this line. */
  readonly end: number
}

export interface Damage {
  /** Lines in the middle that are not as they were written. */
  readonly lines: number
  /** Bytes of a last line that was not written to its end. */
  readonly tornBytes: number
}

/**
 * The whole lines of a log from byte `from`, which starts a line. What is not whole is left out and told at the end: each
 * line stands for itself, so a damaged one takes no other with it.
 */
export async function* readLog<Event>(
  path: string,
  from = 0,
  onDamage: (damage: Damage) => void = () => {},
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
  // All of it but the newline: as good as whole.
  const last = decodeLine(rest.toString('utf8'))
  if (last) yield { event: last as Event, end: end + rest.length }
  onDamage({ lines, tornBytes: last ? 0 : rest.length })
}

const NEWLINE = 0x0a
