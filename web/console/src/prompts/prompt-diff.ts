import { diffLines, diffWordsWithSpace } from 'diff'

export interface DiffWord {
  readonly text: string
  readonly isChanged: boolean
}

export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added'
  readonly words: readonly DiffWord[]
}

/** Compares two texts line by line. Words are compared within removed lines and those that took their place. */
export function diffPrompts(before: string, after: string): DiffLine[] {
  const parts = diffLines(withBreak(before), withBreak(after))
  const lines: DiffLine[] = []
  for (let i = 0; i < parts.length; i++) {
    const [part, next] = [parts[i]!, parts[i + 1]]
    if (part.removed && next?.added) {
      lines.push(...pairLines(linesOf(part.value), linesOf(next.value)))
      i++
    } else {
      const kind = part.removed ? 'removed' : part.added ? 'added' : 'same'
      for (const text of linesOf(part.value))
        lines.push({ kind, words: [{ text, isChanged: kind !== 'same' }] })
    }
  }
  return lines
}

/** So that a last line equals the same line before others. */
const withBreak = (text: string) => (text.endsWith('\n') ? text : `${text}\n`)

const linesOf = (text: string) => text.replace(/\n$/, '').split('\n')

function pairLines(removed: readonly string[], added: readonly string[]): DiffLine[] {
  const wordsOf = (text: string, other: string | undefined, side: 'removed' | 'added'): DiffLine => {
    if (other === undefined) return { kind: side, words: [{ text, isChanged: true }] }
    const words = side === 'removed' ? diffWordsWithSpace(text, other) : diffWordsWithSpace(other, text)
    return {
      kind: side,
      words: words
        .filter((word) => (side === 'removed' ? !word.added : !word.removed))
        .map((word) => ({ text: word.value, isChanged: Boolean(word[side]) })),
    }
  }
  return [
    ...removed.map((text, i) => wordsOf(text, added[i], 'removed')),
    ...added.map((text, i) => wordsOf(text, removed[i], 'added')),
  ]
}
