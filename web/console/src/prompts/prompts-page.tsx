import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RegisteredModel } from '../api/models.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { searchPrompts } from '../api/prompts.js'
import { queryKeys } from '../api/query-keys.js'
import { METASTORE } from '../api/rights.js'
import { Page } from '../app/page.js'
import { serverUrl } from '../app/server-url.js'
import { nameFilter } from '../experiments/name-filter.js'
import { useFormat } from '../i18n/format.js'
import { AliasChip } from '../models/alias-chip.js'
import { useMay } from '../permissions/use-may.js'
import { TagChips } from '../tags/tag-chips.js'
import { Icon } from '../ui/icon.js'
import { MoreButton } from '../ui/more-button.js'
import { ScrollX } from '../ui/scroll-x.js'
import { SearchField } from '../ui/search-field.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { PromptForm } from './prompt-form.js'
import './prompts.css'

const route = getRouteApi('/prompts')

export function PromptsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { q = '' } = route.useSearch()
  const [creating, setCreating] = useState(false)
  const mayCreate = useMay(METASTORE, 'CREATE MODEL')
  const prompts = useInfiniteQuery({
    queryKey: queryKeys.prompts(q),
    queryFn: ({ pageParam, signal }) => searchPrompts(q ? nameFilter(q) : '', pageParam, signal),
    ...PAGE_TOKENS,
    placeholderData: keepPreviousData,
  })
  const all = prompts.data?.pages.flatMap((page) => page.registered_models ?? []) ?? []
  return (
    <Page
      title={t('nav.prompts')}
      actions={
        <>
          <SearchField
            label={t('prompts.search')}
            value={q}
            onChange={(search) => void navigate({ to: '/prompts', search: { q: search }, replace: true })}
          />
          {mayCreate && (
            <button type="button" className="button primary" onClick={() => setCreating(true)}>
              <Icon name="plus" />
              {t('prompts.create')}
            </button>
          )}
        </>
      }
    >
      {prompts.isPending && <Skeleton />}
      {prompts.isError && <Failure error={prompts.error} retry={() => void prompts.refetch()} />}
      {prompts.data && all.length === 0 && <NoPrompts search={q} />}
      {all.length > 0 && <PromptsList prompts={all} />}
      <MoreButton pages={prompts} />
      {creating && <PromptForm onClose={() => setCreating(false)} />}
    </Page>
  )
}

function NoPrompts({ search }: { search: string }) {
  const { t } = useTranslation()
  if (search) return <Empty title={t('prompts.noMatch', { search })} />
  return (
    <Empty title={t('prompts.none')} code={FIRST_PROMPT()} isPermitted>
      {t('prompts.noneHelp')}
    </Empty>
  )
}

function PromptsList({ prompts }: { prompts: readonly RegisteredModel[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="panel">
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t('models.name')}</th>
              <th scope="col">{t('models.aliases')}</th>
              <th scope="col" className="number">
                {t('models.latest')}
              </th>
              <th scope="col">{t('prompts.tags')}</th>
              <th scope="col">{t('models.updated')}</th>
            </tr>
          </thead>
          <tbody>
            {prompts.map(
              ({ name, aliases = [], latest_versions = [], tags = [], last_updated_timestamp }) => (
                <tr key={name}>
                  <th scope="row">
                    <Link to="/prompts/$name" params={{ name }}>
                      {name}
                    </Link>
                  </th>
                  <td>
                    <span className="chips">
                      {aliases.map(({ alias, version }) => (
                        <AliasChip key={alias} alias={alias} version={version} />
                      ))}
                    </span>
                  </td>
                  <td className="number">
                    {Math.max(0, ...latest_versions.map(({ version }) => Number(version))) || '–'}
                  </td>
                  <td>
                    <TagChips tags={tags} />
                  </td>
                  <td>{format.ago(Number(last_updated_timestamp))}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </ScrollX>
    </div>
  )
}

const FIRST_PROMPT = () => `import mlflow

mlflow.set_tracking_uri("${serverUrl()}")
mlflow.genai.register_prompt(
    name="film-question",
    template="Recommend {{ count }} films for {{ user }}.",
    commit_message="First version",
)`
