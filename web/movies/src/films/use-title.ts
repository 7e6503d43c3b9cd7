import { useLanguage } from '../i18n/use-messages.js'
import type { Film } from './film.js'

export interface LocalizedTitle {
  readonly title: string
  /** The original title, if another one is shown. */
  readonly original?: string
}

/** Film titles in the UI language. */
export function useTitle(): (film: Film) => LocalizedTitle {
  const language = useLanguage()
  return ({ title, koreanTitle }) =>
    language === 'ko' && koreanTitle ? { title: koreanTitle, original: title } : { title }
}
