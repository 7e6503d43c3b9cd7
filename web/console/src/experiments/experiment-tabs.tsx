import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import './experiment-tabs.css'

const TABS = [
  { label: 'runs', to: '/experiments/$experimentId' },
  { label: 'traces', to: '/experiments/$experimentId/traces' },
  { label: 'sessions', to: '/experiments/$experimentId/chat-sessions' },
  { label: 'evaluation', to: '/experiments/$experimentId/evaluation-runs' },
  { label: 'scorers', to: '/experiments/$experimentId/judges' },
  { label: 'models', to: '/experiments/$experimentId/models' },
  { label: 'datasets', to: '/experiments/$experimentId/datasets' },
] as const

/** Links between the pages of an experiment, below their common title. */
export function ExperimentTabs({ experimentId }: { experimentId: string }) {
  const { t } = useTranslation()
  return (
    <nav className="tabs experiment-tabs" aria-label={t('experimentTabs.label')}>
      {TABS.map(({ label, to }) => (
        <Link
          key={label}
          to={to}
          params={{ experimentId }}
          activeOptions={{ exact: true, includeSearch: false }}
        >
          {t(`experimentTabs.${label}`)}
        </Link>
      ))}
    </nav>
  )
}
