const FIRST = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ']
const MIDDLE = [...'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ']
const LAST = ['', ...'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ']

/** Letters that take two keys. */
const KEYS: Readonly<Record<string, string>> = {
  ㄳ: 'ㄱㅅ',
  ㄵ: 'ㄴㅈ',
  ㄶ: 'ㄴㅎ',
  ㄺ: 'ㄹㄱ',
  ㄻ: 'ㄹㅁ',
  ㄼ: 'ㄹㅂ',
  ㄽ: 'ㄹㅅ',
  ㄾ: 'ㄹㅌ',
  ㄿ: 'ㄹㅍ',
  ㅀ: 'ㄹㅎ',
  ㅄ: 'ㅂㅅ',
  ㅘ: 'ㅗㅏ',
  ㅙ: 'ㅗㅐ',
  ㅚ: 'ㅗㅣ',
  ㅝ: 'ㅜㅓ',
  ㅞ: 'ㅜㅔ',
  ㅟ: 'ㅜㅣ',
  ㅢ: 'ㅡㅣ',
}

const SYLLABLES = 0xac00
const syllableOf = (char: string) => {
  const offset = char.charCodeAt(0) - SYLLABLES
  return offset >= 0 && offset < 11_172 ? offset : -1
}

/** Returns whether the text contains syllables or letters of Hangul, composed or decomposed. */
export const hasHangul = (text: string) => /[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]/.test(text)

/**
 * The keys of a two-set keyboard that type this character. The keys of an unfinished syllable (`깃`, `기새` for `기생`) are a
 * prefix of the word's keys, so prefix search works during composition.
 */
export function keysOf(char: string): string {
  const syllable = syllableOf(char)
  if (syllable < 0) return KEYS[char] ?? char
  const parts = [
    FIRST[Math.floor(syllable / 588)]!,
    MIDDLE[Math.floor(syllable / 28) % 21]!,
    LAST[syllable % 28]!,
  ]
  return parts.map((part) => KEYS[part] ?? part).join('')
}

/** Initial consonants, and other characters in lower case: `기생충` → `ㄱㅅㅊ`, `제5원소` → `ㅈ5ㅇㅅ`. */
export const initialsOf = (word: string): string =>
  [...word].map((char) => FIRST[Math.floor(syllableOf(char) / 588)] ?? char.toLowerCase()).join('')

/** Returns whether a word is typed in initial consonants only. */
export const isInitials = (word: string) => /^[\u3131-\u314e]+$/.test(word)
