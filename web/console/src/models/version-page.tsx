import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelVersion } from '../api/models.js'
import { Page } from '../app/page.js'
import { useFormat } from '../i18n/format.js'
import { Headline } from '../run/headline.js'
import { KeyValues } from '../run/key-values.js'
import { useRun } from '../run/use-run.js'
import { type RunRow, toRow } from '../runs/row.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { AliasChip } from './alias-chip.js'
import { AliasEditor } from './alias-editor.js'
import { Gate } from './gate.js'
import { aliasesOf, modelQuery, versionsQuery } from './queries.js'
import { RunLink } from './run-link.js'
import './models.css'
import '../run/run.css'

const route = getRouteApi('/models/$name/versions/$version')

export function VersionPage() {
  const { t } = useTranslation()
  const { name, version } = route.useParams()
  const model = useQuery(modelQuery(name))
  const versions = useQuery(versionsQuery(name))
  const aliases = aliasesOf(model.data?.aliases ?? [], version)
  const found = versions.data?.find((candidate) => candidate.version === version)
  return (
    <Page
      title={`${name} v${version}`}
      breadcrumbs={
        <>
          <Link to="/models">{t('nav.models')}</Link>/
          <Link to="/models/$name" params={{ name }}>
            {name}
          </Link>
        </>
      }
      badges={aliases.map((alias) => <AliasChip key={alias} alias={alias} />)}
    >
      {versions.isPending && <Skeleton />}
      {versions.isError && (
        <Failure
          error={versions.error}
          retry={() => void versions.refetch()}
          about={{ type: 'registered_model', name }}
        />
      )}
      {versions.data && !found && <Empty title={t('models.noSuchVersion', { version })} />}
      {found && <Version version={found} aliases={aliases} />}
    </Page>
  )
}

function Version({ version, aliases }: { version: ModelVersion; aliases: readonly string[] }) {
  const { t } = useTranslation()
  const run = useRun(version.run_id)
  const row = run.data && toRow(run.data)
  return (
    <>
      {version.description && <p className="note">{version.description}</p>}
      {row && <Headline row={row} />}
      <div className="model-columns">
        <Gate name={version.name} version={version.version} />
        <div className="side">
          <VersionFacts version={version} run={row} />
          <AliasEditor name={version.name} version={version.version} aliases={aliases} />
          <KeyValues
            title={t('kind.tags')}
            empty={t('run.noTags')}
            entries={(version.tags ?? []).map(({ key, value }) => [key, value])}
          />
        </div>
      </div>
    </>
  )
}

function VersionFacts({ version, run }: { version: ModelVersion; run: RunRow | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <section className="panel" aria-label={t('run.details')}>
      <header>
        <h2>{t('run.details')}</h2>
      </header>
      <dl className="body facts">
        {run && (
          <Fact name={t('models.fromRun')}>
            <RunLink run={run} />
          </Fact>
        )}
        <Fact name={t('models.status')}>{version.status}</Fact>
        {version.current_stage !== 'None' && <Fact name={t('models.stage')}>{version.current_stage}</Fact>}
        <Fact name={t('models.created')}>{format.time(version.creation_timestamp)}</Fact>
        {version.user_id && <Fact name={t('column.user_id')}>{version.user_id}</Fact>}
        <Fact name={t('models.source')}>
          <code>{version.source}</code>
        </Fact>
      </dl>
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
