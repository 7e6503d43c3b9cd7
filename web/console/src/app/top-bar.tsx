import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { AlertBell } from '../alerts/alert-bell.js'
import { getHealth } from '../api/health.js'
import { queryKeys } from '../api/query-keys.js'
import { LANGUAGES, type Language } from '../i18n/language.js'
import { chooseLanguage } from '../i18n/start.js'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { Segments } from '../ui/segments.js'
import { StatusMark } from '../ui/status.js'
import { Account } from './account.js'
import { chooseTheme, THEME_ICON, THEMES, type Theme, useTheme } from './theme.js'

const HEALTH_POLL_MS = 15_000

export function TopBarEnd() {
  const { t } = useTranslation()
  return (
    <div className="top-bar-end">
      <a className="button ghost wide-only" href="movies/">
        <Icon name="movie" />
        {t('shell.movies')}
      </a>
      <a className="button ghost wide-only" href="docs">
        <Icon name="api" />
        {t('shell.docs')}
      </a>
      <AlertBell />
      <Health />
      <Preferences />
      <Account />
    </div>
  )
}

function Health() {
  const { t } = useTranslation()
  const health = useQuery({
    queryKey: queryKeys.health(),
    queryFn: ({ signal }) => getHealth(signal),
    refetchInterval: HEALTH_POLL_MS,
    retry: false,
  })
  const tone = health.isError ? 'bad' : health.data ? 'ok' : 'waiting'
  const text = health.isError ? t('shell.unhealthy') : health.data ? t('shell.healthy') : t('common.loading')
  return (
    <span className="health" role="status" title={text}>
      <StatusMark tone={tone} />
      <span className={health.isError ? 'wide-only' : 'visually-hidden'}>{text}</span>
    </span>
  )
}

export function Preferences() {
  const { t, i18n } = useTranslation()
  const theme = useTheme()
  return (
    <Popover
      align="end"
      className="button ghost icon-only"
      name={t('shell.preferences')}
      label={<Icon name={THEME_ICON[theme]} />}
    >
      {() => (
        <div className="menu">
          <span className="label">{t('shell.theme')}</span>
          <Segments<Theme>
            label={t('shell.theme')}
            value={theme}
            options={THEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
            onChange={chooseTheme}
          />
          <span className="label">{t('shell.language')}</span>
          <Segments<Language>
            label={t('shell.language')}
            value={i18n.language as Language}
            options={LANGUAGES.map((value) => ({ value, label: t(`language.${value}`) }))}
            onChange={(language) => void chooseLanguage(language)}
          />
          <hr className="narrow-only" />
          <a className="narrow-only" href="movies/">
            {t('shell.movies')}
          </a>
          <a className="narrow-only" href="docs">
            {t('shell.docs')}
          </a>
        </div>
      )}
    </Popover>
  )
}
