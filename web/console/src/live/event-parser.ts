export interface ServerEvent {
  readonly id?: string
  readonly event?: string
  readonly data?: string
}

/**
 * Parses server-sent events from text chunks. `EventSource` cannot send a token.
 * Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventParser {
  #rest = ''

  push(text: string): ServerEvent[] {
    const blocks = (this.#rest + text).split(/\r?\n\r?\n/)
    this.#rest = blocks.pop()!
    return blocks.map(parse).filter((event) => Object.keys(event).length > 0)
  }
}

function parse(block: string): ServerEvent {
  const event: Record<string, string> = {}
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^(id|event|data): ?(.*)$/.exec(line) ?? []
    if (!field) continue // a comment, sent as a heartbeat
    event[field] = field === 'data' && event.data !== undefined ? `${event.data}\n${value}` : value!
  }
  return event
}
