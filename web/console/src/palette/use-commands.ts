import { useTranslation } from 'react-i18next'
import { accountPages } from '../app/account-pages.js'
import { SECTIONS } from '../app/sections.js'
import { chooseTheme, THEME_ICON, THEMES } from '../app/theme.js'
import { useAccount } from '../app/use-account.js'
import { LANGUAGES } from '../i18n/language.js'
import { chooseLanguage } from '../i18n/start.js'
import type { IconName } from '../ui/icon.js'
import type { Item } from './items.js'

/** Pages and actions of the palette. Pages that the account may not read are left out. */
export function useCommands(go: (path: string) => void, showShortcuts: () => void) {
  const { t } = useTranslation()
  const account = useAccount().data
  const page = (label: string, path: string, icon: IconName): Item => ({
    ...{ key: `page ${path}`, label, icon },
    run: () => go(path),
  })
  const pages = [
    ...SECTIONS.map((section) => page(t(`nav.${section}`), `/${section}`, section)),
    ...(account
      ? [
          page(t('alerts.title'), '/alerts', 'bell'),
          ...accountPages(account, t).map(({ label, path, icon }) => page(label, path, icon)),
        ]
      : []),
  ]
  const actions: Item[] = [
    page(t('palette.newJob'), '/jobs/new', 'plus'),
    page(t('palette.newEndpoint'), '/endpoints?create=true', 'plus'),
    { key: 'shortcuts', label: t('shortcuts.title'), detail: '?', icon: 'help', run: showShortcuts },
    ...THEMES.map((theme) => ({
      ...{ key: `theme ${theme}`, label: t('palette.theme', { theme: t(`theme.${theme}`) }) },
      icon: THEME_ICON[theme],
      run: () => chooseTheme(theme),
    })),
    ...LANGUAGES.map((language) => ({
      ...{
        key: `language ${language}`,
        label: t('palette.language', { language: t(`language.${language}`) }),
      },
      icon: 'settings' as const,
      run: () => void chooseLanguage(language),
    })),
  ]
  return { pages, actions }
}
