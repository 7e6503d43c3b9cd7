import { useLanguage } from '../i18n/use-messages.js'
import type { Film } from './film.js'

export interface ShownTitle {
  readonly title: string
  /** The title it goes by elsewhere. */
  readonly original?: string
}

/** Titles as readers of this language know them. */
export function useTitle(): (film: Film) => ShownTitle {
  const language = useLanguage()
  return ({ title, koreanTitle }) =>
    language === 'ko' && koreanTitle ? { title: koreanTitle, original: title } : { title }
}
