import { readStored, writeStored } from './stored.js'
import { createStore, useStore } from './use-store.js'

export type Theme = 'light' | 'dark'

// Shared with the console, so that both use the same theme.
const KEY = 'cairn.theme'
const dark = matchMedia('(prefers-color-scheme: dark)')
const store = createStore<Theme>('light')

function apply() {
  const chosen = readStored(KEY)
  const theme = chosen === 'light' || chosen === 'dark' ? chosen : dark.matches ? 'dark' : 'light'
  document.documentElement.dataset.theme = theme
  if (store.get() !== theme) store.set(theme)
}

export function startTheme() {
  apply()
  dark.addEventListener('change', apply)
  addEventListener('storage', apply)
}

export function chooseTheme(theme: Theme) {
  writeStored(KEY, theme)
  document.documentElement.dataset.theme = theme
  store.set(theme)
}

export const useTheme = () => useStore(store)
