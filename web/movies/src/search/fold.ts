import { hasHangul, keysOf } from './hangul.js'

const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  '&': ' and ',
}

/** Lower-cases and removes diacritics; decomposes Hangul into the keys that type it. */
export function fold(text: string): string {
  if (/^[ -%'-~]*$/.test(text)) return text.toLowerCase() // fast path for ASCII without &
  let folded = ''
  for (const char of text.normalize('NFC')) folded += hasHangul(char) ? keysOf(char) : foldLetter(char)
  return folded
}

function foldLetter(char: string): string {
  if (char >= 'a' && char <= 'z') return char
  const plain = char.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return LETTERS[plain] ?? plain
}

/** `spider-man's` → `spider`, `mans`. */
export const wordsOf = (text: string): string[] =>
  fold(text.replace(/['’ʼ`]/g, ''))
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)

/** Joins words with punctuation between: `Spider-Man` → `spiderman`, `E.T.` → `et`. */
export const compoundsOf = (text: string): string[] =>
  text.split(/\s+/).flatMap((chunk) => {
    const words = wordsOf(chunk)
    return words.length > 1 ? [words.join('')] : []
  })
