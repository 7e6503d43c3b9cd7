import { hasHangul } from '../search/hangul.js'

/** How a film's title is set on its generated poster. */
export interface Lettering {
  readonly lines: readonly string[]
  readonly size: number
  /** The part after a colon or dash, in small type. */
  readonly subtitle?: string
}

const MAX_LINES = 4
const SIZES = [36, 32, 28, 25, 22, 20, 18, 16, 14, 12]
const NARROW = /[ilj.,:;'!|1 ]/
const WIDE = /[mwMW@&%—]/

/** Estimated width in ems of a bold sans-serif; an upper bound, because system fonts differ. */
export function widthOf(text: string): number {
  let width = 0
  for (const char of text) width += emsOf(char)
  return width
}

function emsOf(char: string): number {
  if (hasHangul(char) || /[\u3040-\u9fff]/.test(char)) return 0.95
  if (NARROW.test(char)) return 0.34
  if (WIDE.test(char)) return 0.95
  return char === char.toLowerCase() ? 0.6 : 0.72
}

/** Chooses the largest size in which the title fits the box; longer titles are truncated with an ellipsis. */
export function letteringOf(title: string, boxWidth: number, boxHeight: number): Lettering {
  const [, head = title, subtitle] = /^(.{3,}?)(?:: | - | – )(.+)$/.exec(title) ?? []
  const words = head.split(/\s+/)
  const rest = subtitle && { subtitle: clip(subtitle, boxWidth / 8.5) }
  for (const size of SIZES) {
    const lines = wrap(words, boxWidth / size)
    const fits = lines.length <= MAX_LINES && lines.length * size * 1.08 <= boxHeight
    if (fits && lines.every((line) => widthOf(line) * size <= boxWidth)) return { lines, size, ...rest }
  }
  const size = SIZES.at(-1)!
  const lines = wrap(words, boxWidth / size).map((line) => clip(line, boxWidth / size))
  return { lines: lines.slice(0, MAX_LINES), size, ...rest }
}

function wrap(words: readonly string[], ems: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(`${last} ${word}`) <= ems) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function clip(text: string, ems: number): string {
  if (widthOf(text) <= ems) return text
  const chars = [...text]
  while (chars.length > 1 && widthOf(`${chars.join('')}…`) > ems) chars.pop()
  return `${chars.join('').trimEnd()}…`
}

/** One or two letters for posters too small for the title. */
export function initialsOf(title: string): string {
  const words = title.replace(/^(the|an?) /i, '').match(/[\p{L}\p{N}]+/gu) ?? [title]
  if (hasHangul(words[0]!)) return words[0]!.slice(0, 1)
  return words
    .slice(0, 2)
    .map((word) => word.slice(0, 1).toUpperCase())
    .join('')
}
