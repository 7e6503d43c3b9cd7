import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useExperiment } from './use-experiment.js'

interface ExperimentBreadcrumbsProps {
  readonly experimentId: string
  /** The page of the experiment that lists the shown object. */
  readonly children: ReactNode
}

/** Links from an object of an experiment to the page that lists it. */
export function ExperimentBreadcrumbs({ experimentId, children }: ExperimentBreadcrumbsProps) {
  const { t } = useTranslation()
  const experiment = useExperiment(experimentId)
  return (
    <>
      <Link to="/experiments">{t('nav.experiments')}</Link>/
      <Link to="/experiments/$experimentId" params={{ experimentId }}>
        {experiment.data?.name ?? experimentId}
      </Link>
      /{children}
    </>
  )
}
