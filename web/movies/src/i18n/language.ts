export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

/** The stored choice, else the first supported browser language, else English. */
export function preferredLanguage(stored: string | null, browser: readonly string[]): Language {
  const preferred = [stored ?? '', ...browser].map((tag) => tag.toLowerCase().split('-')[0])
  return preferred.find((tag): tag is Language => LANGUAGES.some((language) => language === tag)) ?? 'en'
}
