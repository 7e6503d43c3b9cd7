import { readStored, writeStored } from '../app/stored.js'
import { createStore, useStore } from '../app/use-store.js'
import { en, type Messages } from './en.js'
import { ko } from './ko.js'
import { type Language, preferredLanguage } from './language.js'

const KEY = 'cairn.language'
const MESSAGES: Readonly<Record<Language, Messages>> = { en, ko }
const store = createStore<Language>('en')

function use(language: Language) {
  document.documentElement.lang = language
  document.title = `${MESSAGES[language].page.title} · Cairn`
  store.set(language)
}

export function startLanguage() {
  use(preferredLanguage(readStored(KEY), navigator.languages))
}

export function chooseLanguage(language: Language) {
  writeStored(KEY, language)
  use(language)
}

export const useLanguage = () => useStore(store)
export const useMessages = () => MESSAGES[useLanguage()]
