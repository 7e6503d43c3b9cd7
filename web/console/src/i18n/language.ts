export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

const KEY = 'cairn.language'

/** The one chosen before, else the first of the browser's that we speak, else English. */
export function preferredLanguage(stored: string | null, browser: readonly string[]): Language {
  const wished = [stored ?? '', ...browser].map((tag) => tag.toLowerCase().split('-')[0])
  return LANGUAGES.find((language) => language === wished.find((one) => one === 'en' || one === 'ko')) ?? 'en'
}

export const storedLanguage = () => localStorage.getItem(KEY)

export function storeLanguage(language: Language) {
  localStorage.setItem(KEY, language)
}
