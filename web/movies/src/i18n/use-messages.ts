import { readStored, writeStored } from '../app/stored.js'
import { createStore, useStore } from '../app/use-store.js'
import { en, type Messages } from './en.js'
import { ko } from './ko.js'
import { type Language, preferredLanguage } from './language.js'

const KEY = 'cairn.language'
const MESSAGES: Readonly<Record<Language, Messages>> = { en, ko }
const store = createStore<Language>('en')

function apply(language: Language) {
  document.documentElement.lang = language
  document.title = `${MESSAGES[language].page.title} · Cairn`
  store.set(language)
}

/** Applies the language that was chosen before, or the browser's. Call it before the first rendering. */
export function startLanguage() {
  apply(preferredLanguage(readStored(KEY), navigator.languages))
}

/** Switches the language of the page and remembers it in this browser. */
export function chooseLanguage(language: Language) {
  writeStored(KEY, language)
  apply(language)
}

export const useLanguage = () => useStore(store)
/** The texts of the UI; a component that uses them is rendered again when the language changes. */
export const useMessages = () => MESSAGES[useLanguage()]
