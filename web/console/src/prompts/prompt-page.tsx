import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelVersion } from '../api/models.js'
import { Page } from '../app/page.js'
import { useFormat } from '../i18n/format.js'
import { AliasChip } from '../models/alias-chip.js'
import { AliasEditor } from '../models/alias-editor.js'
import { aliasesOf } from '../models/queries.js'
import { PermissionsButton } from '../permissions/permissions-button.js'
import { useMayEditModel } from '../permissions/use-may.js'
import { TagChips } from '../tags/tag-chips.js'
import { Icon } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { PromptDiff } from './prompt-diff-view.js'
import { PromptForm } from './prompt-form.js'
import { PromptTraces } from './prompt-traces.js'
import { PromptView } from './prompt-view.js'
import { usePrompt, usePromptVersions } from './use-prompt.js'
import '../models/models.css'
import './prompts.css'

const route = getRouteApi('/prompts/$name')

/** A prompt: its versions, their differences and the traces that used them. */
export function PromptPage() {
  const { t } = useTranslation()
  const { name } = route.useParams()
  const prompt = usePrompt(name)
  const versions = usePromptVersions(name)
  const mayEdit = useMayEditModel(name)
  const [creating, setCreating] = useState(false)
  const error = prompt.error ?? versions.error
  const newest = versions.data?.[0]
  return (
    <Page
      title={name}
      breadcrumbs={<Link to="/prompts">{t('nav.prompts')}</Link>}
      badges={<TagChips tags={prompt.data?.tags ?? []} />}
      actions={
        <>
          <PermissionsButton object={{ kind: 'registered_model', id: name }} />
          {mayEdit && versions.data && (
            <button type="button" className="button primary" onClick={() => setCreating(true)}>
              <Icon name="plus" />
              {t('prompts.newVersion')}
            </button>
          )}
        </>
      }
    >
      {error && <Failure error={error} about={{ type: 'registered_model', name }} />}
      {(prompt.isPending || versions.isPending) && <Skeleton />}
      {prompt.data && versions.data && (
        <Versions versions={versions.data} aliases={prompt.data.aliases ?? []} mayEdit={mayEdit} />
      )}
      {creating && <PromptForm name={name} base={newest} onClose={() => setCreating(false)} />}
    </Page>
  )
}

interface VersionsProps {
  readonly versions: readonly ModelVersion[]
  readonly aliases: readonly { readonly alias: string; readonly version: string }[]
  readonly mayEdit: boolean
}

function Versions({ versions, aliases, mayEdit }: VersionsProps) {
  const { t } = useTranslation()
  const { name } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const shown = versions.find(({ version }) => version === search.version) ?? versions[0]
  if (!shown) return <Empty title={t('models.noVersions')} />
  const against = versions.find(({ version }) => version === search.against)
  const change = (next: typeof search) =>
    void navigate({
      to: '/prompts/$name',
      params: { name },
      search: (now: typeof search) => ({ ...now, ...next }),
      resetScroll: false,
    })
  return (
    <div className="side-list-columns">
      <VersionList
        versions={versions}
        aliases={aliases}
        shown={shown.version}
        onShow={(version) => change({ version })}
      />
      <div className="side">
        <section
          className="panel prompt-panel"
          aria-label={t('prompts.versionName', { version: shown.version })}
        >
          <header>
            <h2>{t('prompts.versionName', { version: shown.version })}</h2>
            <CompareSelect
              versions={versions}
              shown={shown.version}
              against={against?.version ?? ''}
              onChange={(version) => change({ against: version })}
            />
          </header>
          <div className="body stack">
            {shown.description && <p className="prompt-message">{shown.description}</p>}
            {against && against !== shown ? (
              <PromptDiff before={against} after={shown} />
            ) : (
              <PromptView version={shown} />
            )}
            <TagChips tags={shown.tags ?? []} />
          </div>
        </section>
        {mayEdit && (
          <AliasEditor
            key={shown.version}
            name={name}
            version={shown.version}
            aliases={aliasesOf(aliases, shown.version)}
          />
        )}
        <PromptTraces name={name} version={shown.version} />
      </div>
    </div>
  )
}

interface VersionListProps extends Pick<VersionsProps, 'versions' | 'aliases'> {
  readonly shown: string
  readonly onShow: (version: string) => void
}

function VersionList({ versions, aliases, shown, onShow }: VersionListProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <nav className="panel side-list" aria-label={t('models.versions')}>
      <ul>
        {versions.map(({ version, description, creation_timestamp }) => (
          <li key={version}>
            <button type="button" aria-current={version === shown} onClick={() => onShow(version)}>
              <span className="version-head">
                <strong>v{version}</strong>
                {aliasesOf(aliases, version).map((alias) => (
                  <AliasChip key={alias} alias={alias} />
                ))}
                <small>{format.ago(Number(creation_timestamp))}</small>
              </span>
              {description && <span className="truncate muted">{description}</span>}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}

interface CompareSelectProps {
  readonly versions: readonly ModelVersion[]
  readonly shown: string
  readonly against: string
  readonly onChange: (version: string) => void
}

function CompareSelect({ versions, shown, against, onChange }: CompareSelectProps) {
  const { t } = useTranslation()
  if (versions.length < 2) return null
  return (
    <select
      className="select compare-version"
      aria-label={t('prompts.compareWith')}
      value={against}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{t('prompts.compareWith')}</option>
      {versions
        .filter(({ version }) => version !== shown)
        .map(({ version }) => (
          <option key={version} value={version}>
            v{version}
          </option>
        ))}
    </select>
  )
}
