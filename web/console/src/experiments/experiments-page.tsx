import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { METASTORE } from '../api/rights.js'
import { Page } from '../app/page.js'
import { useMay } from '../permissions/use-may.js'
import { Icon } from '../ui/icon.js'
import { SearchField } from '../ui/search-field.js'
import { Segments } from '../ui/segments.js'
import { CreateExperiment } from './create-experiment.js'
import { ExperimentsList } from './experiments-list.js'
import { useExperiments } from './use-experiments.js'
import './experiments.css'

const route = getRouteApi('/experiments')
const DEBOUNCE_MS = 150

export function ExperimentsPage() {
  const { t } = useTranslation()
  const { q = '', deleted } = route.useSearch()
  const navigate = useNavigate()
  const isDeleted = deleted === 'true'
  const [search, setSearch] = useState(q)
  const [creating, setCreating] = useState(false)
  const mayCreate = useMay(METASTORE, 'CREATE EXPERIMENT')
  const experiments = useExperiments(q, isDeleted)
  return (
    <Page
      title={t('nav.experiments')}
      actions={
        <>
          <Segments
            label={t('edit.experimentState')}
            value={isDeleted ? 'deleted' : 'active'}
            options={[
              { value: 'active', label: t('runs.active') },
              { value: 'deleted', label: t('runs.deleted') },
            ]}
            onChange={(state) =>
              void navigate({
                to: '/experiments',
                search: { q, ...(state === 'deleted' && { deleted: 'true' }) },
              })
            }
          />
          <FindExperiment {...{ search, setSearch, deleted }} initial={q} />
          {mayCreate && (
            <button type="button" className="button primary" onClick={() => setCreating(true)}>
              <Icon name="plus" />
              {t('experiments.create')}
            </button>
          )}
        </>
      }
    >
      <ExperimentsList experiments={experiments} search={q} deleted={isDeleted} onSearch={setSearch} />
      {creating && <CreateExperiment onClose={() => setCreating(false)} />}
    </Page>
  )
}

interface FindExperimentProps {
  readonly search: string
  readonly setSearch: (search: string) => void
  /** The search that the list shows. */
  readonly initial: string
  readonly deleted: string | undefined
}

function FindExperiment({ search, setSearch, initial, deleted }: FindExperimentProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  useEffect(() => {
    if (search === initial) return
    const typed = setTimeout(
      () =>
        void navigate({
          to: '/experiments',
          search: { q: search, ...(deleted && { deleted }) },
          replace: true,
        }),
      DEBOUNCE_MS,
    )
    return () => clearTimeout(typed)
  }, [search, initial, deleted, navigate])
  return <SearchField label={t('experiments.search')} value={search} onChange={setSearch} />
}
