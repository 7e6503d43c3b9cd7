export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

/** The one chosen before, else the first of the browser's that we speak, else English. */
export function preferredLanguage(stored: string | null, browser: readonly string[]): Language {
  const wished = [stored ?? '', ...browser].map((tag) => tag.toLowerCase().split('-')[0])
  return wished.find((one): one is Language => LANGUAGES.some((language) => language === one)) ?? 'en'
}
