import Anser from 'anser'

/** A part of a line with one style. */
interface LogSpan {
  readonly text: string
  /** Classes of its colours and decorations. */
  readonly style: string
}

const ESCAPE = '\u001b'
/** Control sequences other than colours, such as cursor moves. */
const NO_COLOUR = /\u001b\[[0-9;?]*[A-Za-ln-z]|\u001b\][^\u0007]*\u0007/g

/** Splits a line by its ANSI colours. Without escapes it is one span. */
export function spansOf(line: string): readonly LogSpan[] {
  if (!line.includes(ESCAPE)) return [{ text: line, style: '' }]
  const parts = Anser.ansiToJson(line.replaceAll(NO_COLOUR, ''), {
    json: true,
    use_classes: true,
    remove_empty: true,
  })
  return parts.map(({ content, fg, bg, decorations }) => ({
    text: content,
    style: [fg, bg && `on-${bg}`, ...decorations.map((one) => `ansi-${one}`)].filter(Boolean).join(' '),
  }))
}

export const plainText = (line: string) =>
  line.includes(ESCAPE)
    ? spansOf(line)
        .map(({ text }) => text)
        .join('')
    : line

export interface Match {
  /** Index of the line. */
  readonly line: number
  readonly from: number
  readonly to: number
}

/** Above, the search tells that there are more. */
export const MAX_MATCHES = 10_000

/** The positions of a text in lines, ignoring case. */
export function findMatches(
  lines: readonly { readonly message: string }[],
  search: string,
): readonly Match[] {
  const wanted = search.toLowerCase()
  if (wanted === '') return []
  const matches: Match[] = []
  for (const [line, { message }] of lines.entries()) {
    const text = plainText(message).toLowerCase()
    for (let from = text.indexOf(wanted); from >= 0; from = text.indexOf(wanted, from + wanted.length)) {
      matches.push({ line, from, to: from + wanted.length })
      if (matches.length === MAX_MATCHES) return matches
    }
  }
  return matches
}

/** A part of a line with one style, inside or outside a match. */
interface Segment extends LogSpan {
  readonly match?: Match
}

/** Cuts the spans of a line at the ends of its matches. */
export function segmentsOf(spans: readonly LogSpan[], matches: readonly Match[]): readonly Segment[] {
  if (matches.length === 0) return spans
  const segments: Segment[] = []
  let start = 0
  for (const { text, style } of spans) {
    const end = start + text.length
    const cuts = [start, ...matches.flatMap(({ from, to }) => [from, to]), end]
      .filter((cut) => cut >= start && cut <= end)
      .toSorted((a, b) => a - b)
    for (const [index, from] of cuts.slice(0, -1).entries()) {
      const to = cuts[index + 1]!
      if (to === from) continue
      const match = matches.find((one) => one.from <= from && to <= one.to)
      segments.push({ text: text.slice(from - start, to - start), style, ...(match && { match }) })
    }
    start = end
  }
  return segments
}
