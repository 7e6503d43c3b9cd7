export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

const KEY = 'cairn.language'

/** The stored choice, else the first supported browser language, else English. */
export function preferredLanguage(stored: string | null, browser: readonly string[]): Language {
  const preferred = [stored ?? '', ...browser].map((tag) => tag.toLowerCase().split('-')[0])
  return (
    LANGUAGES.find((language) => language === preferred.find((tag) => tag === 'en' || tag === 'ko')) ?? 'en'
  )
}

export const storedLanguage = () => localStorage.getItem(KEY)

export function storeLanguage(language: Language) {
  localStorage.setItem(KEY, language)
}
