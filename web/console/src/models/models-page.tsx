import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type RegisteredModel, searchModels } from '../api/models.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { METASTORE } from '../api/rights.js'
import { Page } from '../app/page.js'
import { nameFilter } from '../experiments/name-filter.js'
import { useFormat } from '../i18n/format.js'
import { useMay } from '../permissions/use-may.js'
import { Icon } from '../ui/icon.js'
import { MoreButton } from '../ui/more-button.js'
import { SaveTable } from '../ui/save-table.js'
import { ScrollX } from '../ui/scroll-x.js'
import { SearchField } from '../ui/search-field.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { AliasChip } from './alias-chip.js'
import { CreateModel } from './create-model.js'
import { modelsTable } from './models-csv.js'
import './models.css'

const route = getRouteApi('/models')

export function ModelsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { q = '' } = route.useSearch()
  const [creating, setCreating] = useState(false)
  const mayCreate = useMay(METASTORE, 'CREATE MODEL')
  const models = useInfiniteQuery({
    queryKey: queryKeys.models(q, 'pages'),
    queryFn: ({ pageParam, signal }) =>
      searchModels(
        { ...(q && { filter: nameFilter(q) }), ...(pageParam && { page_token: pageParam }) },
        signal,
      ),
    ...PAGE_TOKENS,
    placeholderData: keepPreviousData,
  })
  const all = models.data?.pages.flatMap((page) => page.registered_models ?? []) ?? []
  return (
    <Page
      title={t('nav.models')}
      actions={
        <>
          <SearchField
            label={t('models.search')}
            value={q}
            onChange={(search) => void navigate({ to: '/models', search: { q: search }, replace: true })}
          />
          <SaveTable name={t('nav.models')} table={(reading) => modelsTable(q, t, reading)} />
          {mayCreate && (
            <button type="button" className="button primary" onClick={() => setCreating(true)}>
              <Icon name="plus" />
              {t('models.create')}
            </button>
          )}
        </>
      }
    >
      {models.isPending && <Skeleton />}
      {models.isError && <Failure error={models.error} retry={() => void models.refetch()} />}
      {models.data && all.length === 0 && <NoModels search={q} />}
      {all.length > 0 && <ModelsList models={all} />}
      <MoreButton pages={models} />
      {creating && <CreateModel onClose={() => setCreating(false)} />}
    </Page>
  )
}

function NoModels({ search }: { search: string }) {
  const { t } = useTranslation()
  if (search) return <Empty title={t('models.noMatch', { search })} />
  return (
    <Empty title={t('models.none')} code={REGISTER} isPermitted>
      {t('models.noneHelp')}
    </Empty>
  )
}

const REGISTER = `import mlflow

mlflow.register_model("models:/<model id of a run>", "movies")`

function ModelsList({ models }: { models: readonly RegisteredModel[] }) {
  const { t } = useTranslation()
  return (
    <div className="panel">
      <ScrollX>
        <table className="list models">
          <thead>
            <tr>
              <th scope="col">{t('models.name')}</th>
              <th scope="col">{t('models.aliases')}</th>
              <th scope="col" className="number">
                {t('models.latest')}
              </th>
              <th scope="col">{t('models.updated')}</th>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <ModelRow key={model.name} model={model} />
            ))}
          </tbody>
        </table>
      </ScrollX>
    </div>
  )
}

function ModelRow({ model }: { model: RegisteredModel }) {
  const format = useFormat()
  const latest = Math.max(0, ...(model.latest_versions ?? []).map(({ version }) => Number(version)))
  return (
    <tr>
      <th scope="row">
        <Link to="/models/$name" params={{ name: model.name }}>
          {model.name}
        </Link>
        {model.description && <p className="muted">{firstLine(model.description)}</p>}
      </th>
      <td>
        <span className="chips">
          {(model.aliases ?? []).map(({ alias, version }) => (
            <AliasChip key={alias} alias={alias} version={version} />
          ))}
        </span>
      </td>
      <td className="number">{latest > 0 ? `v${latest}` : '–'}</td>
      <td className="muted">{format.ago(model.last_updated_timestamp)}</td>
    </tr>
  )
}

/** The start of a description without the marks of Markdown. */
const firstLine = (markdown: string) =>
  (markdown.split('\n').find((line) => line.trim() !== '') ?? '').replace(/[#*_`>]/g, '').trim()
