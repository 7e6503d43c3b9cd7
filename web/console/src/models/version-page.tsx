import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { deleteVersionTag, describeVersion, setVersionTag } from '../api/model-changes.js'
import type { ModelVersion } from '../api/models.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { useFormat } from '../i18n/format.js'
import { NotePanel } from '../markdown/note-panel.js'
import { useMayEditModel } from '../permissions/use-may.js'
import { Headline } from '../run/headline.js'
import { useRun } from '../run/use-run.js'
import { type RunRow, toRow } from '../runs/row.js'
import { TagsPanel } from '../tags/tags-panel.js'
import { Fact } from '../ui/fact.js'
import { Icon } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { AliasChip } from './alias-chip.js'
import { AliasEditor } from './alias-editor.js'
import { Gate } from './gate.js'
import { VersionActions } from './model-actions.js'
import { aliasesOf, modelQuery, versionsQuery } from './queries.js'
import { RunLink } from './run-link.js'
import { UseOfVersion } from './use-of-version.js'
import { VersionMetrics } from './version-metrics.js'
import { VersionSignature } from './version-signature.js'
import './models.css'
import '../run/run.css'

const MAX_NOTE = 5000
const route = getRouteApi('/models/$name/versions/$version')

export function VersionPage() {
  const { t } = useTranslation()
  const { name, version } = route.useParams()
  const model = useQuery(modelQuery(name))
  const versions = useQuery(versionsQuery(name))
  const aliases = aliasesOf(model.data?.aliases ?? [], version)
  const found = versions.data?.find((candidate) => candidate.version === version)
  const champion = model.data?.aliases?.find(({ alias }) => alias === 'champion')?.version
  const others = (versions.data ?? []).map((one) => one.version).filter((one) => one !== version)
  const other = others.find((one) => one === champion) ?? others[0]
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
      actions={
        found && (
          <>
            {other && (
              <Link
                to="/models/$name/compare"
                params={{ name }}
                search={{ versions: `${other},${version}` }}
                className="button"
              >
                <Icon name="compare" />
                {t('compareVersions.withVersion', { version: other })}
              </Link>
            )}
            <VersionActions name={name} version={version} aliases={aliases} />
          </>
        )
      }
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
  const { name, version: number } = version
  const mayEdit = useMayEditModel(name)
  const queries = useQueryClient()
  const changed = () => queries.invalidateQueries({ queryKey: queryKeys.versions(name) })
  const run = useRun(version.run_id)
  const row = run.data && toRow(run.data)
  return (
    <>
      <NotePanel
        text={version.description}
        mayEdit={mayEdit}
        maxLength={MAX_NOTE}
        save={(text) => describeVersion(name, number, text).then(changed)}
      />
      {row && <Headline row={row} />}
      <div className="model-columns">
        <div className="side">
          <Gate name={name} version={number} />
          {row && <VersionMetrics run={row} />}
          <VersionSignature name={name} version={number} />
        </div>
        <div className="side">
          <VersionFacts version={version} run={row} />
          <UseOfVersion name={name} version={number} alias={aliases[0]} />
          <AliasEditor name={name} version={number} aliases={aliases} />
          <TagsPanel
            tags={(version.tags ?? []).map(({ key, value }) => [key, value])}
            changes={
              mayEdit
                ? {
                    set: (key, value) => setVersionTag(name, number, key, value).then(changed),
                    remove: (key) => deleteVersionTag(name, number, key).then(changed),
                  }
                : undefined
            }
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
        <Fact name={t('models.status')}>
          {t(`versionStatus.${version.status as 'READY'}`, { defaultValue: version.status })}
        </Fact>
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
