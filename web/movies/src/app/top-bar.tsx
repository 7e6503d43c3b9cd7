import { chooseLanguage, useLanguage, useMessages } from '../i18n/use-messages.js'
import { Icon } from './icon.js'
import { chooseTheme, useTheme } from './theme.js'

export function TopBar() {
  const { page } = useMessages()
  const language = useLanguage()
  const theme = useTheme()
  const other = language === 'en' ? 'ko' : 'en'
  return (
    <header class="top-bar">
      <a class="button primary skip-link" href="#main">
        {page.skip}
      </a>
      <span class="brand">
        <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
          <ellipse class="stone-1" cx="16" cy="25.5" rx="12" ry="4.5" />
          <ellipse class="stone-2" cx="15.5" cy="17" rx="8.5" ry="3.8" />
          <ellipse class="stone-3" cx="16.5" cy="9.6" rx="5.2" ry="3.2" />
        </svg>
        Cairn <span class="brand-room">Movies</span>
      </span>
      <nav class="top-bar-end">
        <a class="button ghost" href="../">
          {page.dashboard}
        </a>
        <button type="button" class="button ghost" lang={other} onClick={() => chooseLanguage(other)}>
          {page.otherLanguage}
        </button>
        <button
          type="button"
          class="button ghost icon-only"
          aria-label={theme === 'dark' ? page.toLight : page.toDark}
          title={theme === 'dark' ? page.toLight : page.toDark}
          onClick={() => chooseTheme(theme === 'dark' ? 'light' : 'dark')}
        >
          <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
        </button>
      </nav>
    </header>
  )
}
