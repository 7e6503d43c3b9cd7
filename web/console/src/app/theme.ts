import { useSyncExternalStore } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export const THEME_ICON = { system: 'system', light: 'sun', dark: 'moon' } as const
export type Theme = (typeof THEMES)[number]

const KEY = 'cairn.theme'
const dark = matchMedia('(prefers-color-scheme: dark)')
/** True while a page is printed or exported. */
let isPaintedLight = false
const listeners = new Set<() => void>()

export const chosenTheme = (): Theme => {
  const stored = localStorage.getItem(KEY)
  return THEMES.find((theme) => theme === stored) ?? 'system'
}

const resolve = (theme: Theme): 'light' | 'dark' =>
  theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme

const current = () => (isPaintedLight ? 'light' : resolve(chosenTheme()))

function apply() {
  document.documentElement.dataset.theme = current()
  for (const listener of listeners) listener()
}

export function startTheme() {
  apply()
  dark.addEventListener('change', apply)
}

/** Switches to the light theme for printing and export, and back. */
export function paintLight(on: boolean) {
  isPaintedLight = on
  apply()
}

export function chooseTheme(theme: Theme) {
  localStorage.setItem(KEY, theme)
  apply()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useTheme = () => useSyncExternalStore(subscribe, chosenTheme)

/** The resolved theme, for canvas drawing. */
export const usePaintedTheme = () => useSyncExternalStore(subscribe, current)
