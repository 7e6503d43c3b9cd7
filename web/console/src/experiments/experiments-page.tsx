import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../app/page.js'
import { Icon } from '../ui/icon.js'
import { SearchField } from '../ui/search-field.js'
import { CreateExperiment } from './create-experiment.js'
import { ExperimentsList } from './experiments-list.js'
import { useExperiments } from './use-experiments.js'
import './experiments.css'

const route = getRouteApi('/experiments')
const DEBOUNCE_MS = 150

export function ExperimentsPage() {
  const { t } = useTranslation()
  const { q = '' } = route.useSearch()
  const [creating, setCreating] = useState(false)
  const experiments = useExperiments(q)
  return (
    <Page
      title={t('nav.experiments')}
      actions={
        <>
          <FindExperiment initial={q} />
          <button type="button" className="button primary" onClick={() => setCreating(true)}>
            <Icon name="plus" />
            {t('experiments.create')}
          </button>
        </>
      }
    >
      <ExperimentsList experiments={experiments} search={q} />
      {creating && <CreateExperiment onClose={() => setCreating(false)} />}
    </Page>
  )
}

function FindExperiment({ initial }: { initial: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [search, setSearch] = useState(initial)
  useEffect(() => {
    if (search === initial) return
    const typed = setTimeout(
      () => void navigate({ to: '/experiments', search: { q: search }, replace: true }),
      DEBOUNCE_MS,
    )
    return () => clearTimeout(typed)
  }, [search, initial, navigate])
  return <SearchField label={t('experiments.search')} value={search} onChange={setSearch} />
}
