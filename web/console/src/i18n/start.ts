import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { isolated } from './bidi.js'
import type { en } from './en.js'
import { type Language, preferredLanguage, storedLanguage, storeLanguage } from './language.js'

// Only the current language is loaded.
const load = {
  en: async () => (await import('./en.js')).en,
  ko: async () => (await import('./ko.js')).ko,
} satisfies Record<Language, () => Promise<object>>

async function use(language: Language) {
  if (!i18next.hasResourceBundle(language, 'translation'))
    i18next.addResourceBundle(language, 'translation', await load[language]())
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

/** React escapes HTML; names may change the direction of the text behind them. */
export const INTERPOLATION = { escapeValue: true, escape: isolated }

export async function startI18n() {
  const language = preferredLanguage(storedLanguage(), navigator.languages)
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: {},
    fallbackLng: false,
    interpolation: INTERPOLATION,
    returnNull: false,
  })
  await use(language)
}

export async function chooseLanguage(language: Language) {
  storeLanguage(language)
  await use(language)
}

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: typeof en }
  }
}
