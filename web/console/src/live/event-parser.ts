/** One server-sent event. */
export interface ServerEvent {
  readonly id?: string
  readonly event?: string
  readonly data?: string
}

/**
 * Server-sent events from pieces of text, cut anywhere. `EventSource` would do this, but it sends no token.
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
    if (!field) continue // a comment, which only shows that the line stands
    event[field] = field === 'data' && event.data !== undefined ? `${event.data}\n${value}` : value!
  }
  return event
}
