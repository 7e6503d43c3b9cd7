import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ModelVersion } from '../api/models.js'
import { Page } from '../app/page.js'
import { textToList } from '../app/url-state.js'
import { Icon } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { ComparedFacts } from './compared-facts.js'
import { ComparedMetrics } from './compared-metrics.js'
import { ComparedParams, ComparedSignature, ComparedTags } from './compared-values.js'
import { modelQuery, versionsQuery } from './queries.js'
import './models.css'

const route = getRouteApi('/models/$name/compare')

/** The versions beside each other: facts, gate, metrics, parameters, signature and tags. */
export function CompareVersionsPage() {
  const { t } = useTranslation()
  const { name } = route.useParams()
  const search = route.useSearch()
  const model = useQuery(modelQuery(name))
  const versions = useQuery(versionsQuery(name))
  const chosen = chosenVersions(versions.data ?? [], textToList(search.versions))
  return (
    <Page
      title={t('compareVersions.title')}
      breadcrumbs={
        <>
          <Link to="/models">{t('nav.models')}</Link>/
          <Link to="/models/$name" params={{ name }}>
            {name}
          </Link>
        </>
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
      {versions.data && !chosen && <Empty title={t('compareVersions.tooFew')} />}
      {versions.data && chosen && (
        <Comparison pair={chosen} versions={versions.data} aliases={model.data?.aliases ?? []} />
      )}
    </Page>
  )
}

export interface Pair {
  readonly left: ModelVersion
  readonly right: ModelVersion
}

/** The versions with these numbers, else the latest two, the older one first. */
function chosenVersions(versions: readonly ModelVersion[], numbers: readonly string[]): Pair | undefined {
  const find = (number: string | undefined) => versions.find(({ version }) => version === number)
  const right = find(numbers[1]) ?? versions.find(({ version }) => version !== numbers[0])
  const left = find(numbers[0]) ?? versions.find(({ version }) => version !== right?.version)
  return left && right && left !== right ? { left, right } : undefined
}

interface ComparisonProps {
  readonly pair: Pair
  readonly versions: readonly ModelVersion[]
  readonly aliases: readonly { readonly alias: string; readonly version: string }[]
}

function Comparison({ pair, versions, aliases }: ComparisonProps) {
  return (
    <>
      <Chooser pair={pair} versions={versions} />
      <ComparedFacts pair={pair} aliases={aliases} />
      <ComparedMetrics pair={pair} />
      <ComparedParams pair={pair} />
      <ComparedSignature pair={pair} />
      <ComparedTags pair={pair} />
    </>
  )
}

function Chooser({ pair, versions }: { pair: Pair; versions: readonly ModelVersion[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { name } = pair.left
  const choose = (left: string, right: string) =>
    void navigate({ to: '/models/$name/compare', params: { name }, search: { versions: `${left},${right}` } })
  const options = (other: string) =>
    versions.map(({ version }) => (
      <option key={version} value={version} disabled={version === other}>
        v{version}
      </option>
    ))
  const [left, right] = [pair.left.version, pair.right.version]
  return (
    <div className="version-chooser">
      <label className="field">
        <span>{t('compareVersions.base')}</span>
        <select className="select" value={left} onChange={(event) => choose(event.target.value, right)}>
          {options(right)}
        </select>
      </label>
      <button
        type="button"
        className="button icon-only"
        aria-label={t('compareVersions.swap')}
        onClick={() => choose(right, left)}
      >
        <Icon name="compare" />
      </button>
      <label className="field">
        <span>{t('compareVersions.with')}</span>
        <select className="select" value={right} onChange={(event) => choose(left, event.target.value)}>
          {options(left)}
        </select>
      </label>
    </div>
  )
}
