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
const TYPING_MS = 150

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
      <ExperimentsList experiments={experiments} wish={q} />
      {creating && <CreateExperiment onClose={() => setCreating(false)} />}
    </Page>
  )
}

function FindExperiment({ initial }: { initial: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [wish, setWish] = useState(initial)
  useEffect(() => {
    if (wish === initial) return
    const typed = setTimeout(
      () => void navigate({ to: '/experiments', search: { q: wish }, replace: true }),
      TYPING_MS,
    )
    return () => clearTimeout(typed)
  }, [wish, initial, navigate])
  return <SearchField label={t('experiments.find')} value={wish} onChange={setWish} />
}
