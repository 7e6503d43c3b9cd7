import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../app/page.js'
import { Failure } from '../ui/states.js'
import { ExperimentTabs } from './experiment-tabs.js'
import { useExperiment } from './use-experiment.js'

interface ExperimentPageProps {
  readonly experimentId: string
  readonly badges?: ReactNode
  readonly actions?: ReactNode
  readonly fill?: boolean
  readonly children: ReactNode
}

/** A page of an experiment with its title and tabs. Without access it offers to request it. */
export function ExperimentPage({ experimentId, badges, children, ...page }: ExperimentPageProps) {
  const { t } = useTranslation()
  const experiment = useExperiment(experimentId)
  const breadcrumbs = <Link to="/experiments">{t('nav.experiments')}</Link>
  if (experiment.isLoadingError)
    return (
      <Page title={experimentId} breadcrumbs={breadcrumbs} failed>
        <Failure
          error={experiment.error}
          retry={() => void experiment.refetch()}
          about={{ type: 'experiment', name: experimentId }}
        />
      </Page>
    )
  return (
    <Page
      {...page}
      badges={
        <>
          {badges}
          {experiment.data?.lifecycle_stage === 'deleted' && (
            <span className="chip">{t('runs.deleted')}</span>
          )}
        </>
      }
      title={experiment.data?.name ?? '…'}
      breadcrumbs={breadcrumbs}
      tabs={<ExperimentTabs experimentId={experimentId} />}
    >
      {children}
    </Page>
  )
}
