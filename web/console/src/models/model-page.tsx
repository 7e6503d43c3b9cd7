import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { deleteModelTag, describeModel, setModelTag } from '../api/model-changes.js'
import type { ModelVersion, RegisteredModel } from '../api/models.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { NotePanel } from '../markdown/note-panel.js'
import { PermissionsButton } from '../permissions/permissions-button.js'
import { useMayEditModel } from '../permissions/use-may.js'
import { TagsPanel } from '../tags/tags-panel.js'
import { Icon } from '../ui/icon.js'
import { Failure, Skeleton } from '../ui/states.js'
import { AliasChip } from './alias-chip.js'
import { ModelActions } from './model-actions.js'
import { PromotionHistory } from './promotion-history.js'
import { modelQuery, versionsQuery } from './queries.js'
import { VersionTimeline } from './version-timeline.js'
import { VersionsTable } from './versions-table.js'
import './models.css'

const MAX_NOTE = 5000
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
      actions={
        model.data && (
          <>
            {(versions.data?.length ?? 0) > 1 && (
              <Link to="/models/$name/compare" params={{ name }} className="button">
                <Icon name="compare" />
                {t('compareVersions.title')}
              </Link>
            )}
            <PermissionsButton object={{ kind: 'registered_model', id: name }} />
            <ModelActions name={name} />
          </>
        )
      }
    >
      {error && (
        <Failure
          error={error}
          retry={() => void Promise.all([model.refetch(), versions.refetch()])}
          about={{ type: 'registered_model', name }}
        />
      )}
      {versions.isPending && <Skeleton />}
      {model.data && <ModelSections model={model.data} versions={versions.data} />}
    </Page>
  )
}

interface ModelSectionsProps {
  readonly model: RegisteredModel
  /** Undefined until they are loaded. */
  readonly versions: readonly ModelVersion[] | undefined
}

function ModelSections({ model, versions }: ModelSectionsProps) {
  const { name, aliases = [], tags = [] } = model
  const mayEdit = useMayEditModel(name)
  const queries = useQueryClient()
  const changed = () => queries.invalidateQueries({ queryKey: queryKeys.model(name) })
  const changes = {
    set: (key: string, value: string) => setModelTag(name, key, value).then(changed),
    remove: (key: string) => deleteModelTag(name, key).then(changed),
  }
  return (
    <>
      <NotePanel
        text={model.description ?? ''}
        mayEdit={mayEdit}
        maxLength={MAX_NOTE}
        save={(text) => describeModel(name, text).then(changed)}
      />
      {versions && <VersionsTable name={name} versions={versions} aliases={aliases} />}
      {versions && <VersionTimeline name={name} versions={versions} aliases={aliases} />}
      <div className="model-columns">
        <PromotionHistory name={name} />
        <TagsPanel
          tags={tags.map(({ key, value }) => [key, value])}
          changes={mayEdit ? changes : undefined}
        />
      </div>
    </>
  )
}
