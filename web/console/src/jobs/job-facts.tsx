import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '../api/jobs.js'
import { formatDuration, useFormat } from '../i18n/format.js'
import { CopyButton } from '../ui/copy.js'
import { hasNotifications, JobNotifications } from './job-notifications.js'

/** The creator of a job, the principal that it runs as, its parameters, tags and limits. */
export function JobFacts({ job }: { job: Job }) {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const { settings } = job
  const { parameters = [], tags = {}, timeout_seconds, health, webhook_notifications: webhooks } = settings
  const slow = health?.rules?.[0]?.value
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      t('jobs.id'),
      <span key="id" className="mono">
        {job.job_id} <CopyButton text={String(job.job_id)} label={t('jobs.copyId')} />
      </span>,
    ],
    [t('jobs.creator'), job.creator_user_name],
    [t('jobs.runAs'), job.run_as_user_name],
    [t('jobs.created'), format.time(job.created_time)],
    [t('jobs.tags'), <Tags key="tags" tags={tags} />],
    [t('jobs.parameters'), <Parameters key="parameters" parameters={parameters} />],
    [t('jobs.maxRuns'), settings.max_concurrent_runs === 0 ? undefined : settings.max_concurrent_runs],
    [t('jobs.timeout'), timeout_seconds ? formatDuration(timeout_seconds * 1_000) : undefined],
    [t('jobs.slowAfter'), slow ? formatDuration(slow * 1_000) : undefined],
    [
      t('jobs.notifications'),
      hasNotifications(webhooks) ? <JobNotifications key="webhooks" webhooks={webhooks!} /> : undefined,
    ],
    [t('jobs.files'), Object.keys(settings.files ?? {}).join(', ')],
  ]
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('jobs.details')}</h2>
      </header>
      <dl className="body facts">
        {facts.map(([name, value]) =>
          value ? (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </section>
  )
}

function Tags({ tags }: { tags: Readonly<Record<string, string>> }) {
  const entries = Object.entries(tags)
  if (entries.length === 0) return '–'
  return (
    <ul className="chips">
      {entries.map(([key, value]) => (
        <li key={key} className="chip">
          {value ? `${key}: ${value}` : key}
        </li>
      ))}
    </ul>
  )
}

function Parameters({ parameters }: { parameters: NonNullable<Job['settings']['parameters']> }) {
  if (parameters.length === 0) return '–'
  return (
    <ul>
      {parameters.map(({ name, default: value }) => (
        <li key={name} className="mono">
          {name} = {value || "''"}
        </li>
      ))}
    </ul>
  )
}
