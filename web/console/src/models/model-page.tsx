import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../app/page.js'
import { PermissionsButton } from '../permissions/permissions-button.js'
import { KeyValues } from '../run/key-values.js'
import { Failure, Skeleton } from '../ui/states.js'
import { AliasChip } from './alias-chip.js'
import { PromotionHistory } from './promotion-history.js'
import { modelQuery, versionsQuery } from './queries.js'
import { VersionsTable } from './versions-table.js'
import './models.css'

const route = getRouteApi('/models/$name')

export function ModelPage() {
  const { t } = useTranslation()
  const { name } = route.useParams()
  const model = useQuery(modelQuery(name))
  const versions = useQuery(versionsQuery(name))
  const error = model.error ?? versions.error
  return (
    <Page
      title={name}
      breadcrumbs={<Link to="/models">{t('nav.models')}</Link>}
      badges={(model.data?.aliases ?? []).map(({ alias, version }) => (
        <AliasChip key={alias} alias={alias} version={version} />
      ))}
      actions={model.data && <PermissionsButton object={{ kind: 'registered_model', id: name }} />}
    >
      {model.data?.description && <p className="note">{model.data.description}</p>}
      {error && (
        <Failure
          error={error}
          retry={() => void Promise.all([model.refetch(), versions.refetch()])}
          about={{ type: 'registered_model', name }}
        />
      )}
      {versions.isPending && <Skeleton />}
      {versions.data && (
        <VersionsTable name={name} versions={versions.data} aliases={model.data?.aliases ?? []} />
      )}
      <div className="model-columns">
        <PromotionHistory name={name} />
        <KeyValues
          title={t('kind.tags')}
          empty={t('run.noTags')}
          entries={(model.data?.tags ?? []).map(({ key, value }) => [key, value])}
        />
      </div>
    </Page>
  )
}
