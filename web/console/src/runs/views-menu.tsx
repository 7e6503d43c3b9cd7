import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { type RunView, updateRunView } from '../api/run-views.js'
import { useErrorText } from '../server-words/server-message.js'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { isChanged, stateToSave, useRunViews } from './use-run-views.js'
import type { RunsState } from './use-runs-state.js'
import { DeleteViewDialog, ViewDialog } from './view-dialogs.js'

interface ViewsMenuProps {
  readonly state: RunsState
  readonly mayEdit: boolean
}

/** Opens, saves and manages views of the table. */
export function ViewsMenu({ state, mayEdit }: ViewsMenuProps) {
  const { t } = useTranslation()
  const { views, current, open } = useRunViews(state)
  const [named, setNamed] = useState<RunView | 'new'>()
  const [deleted, setDeleted] = useState<RunView>()
  const changed = current !== undefined && isChanged(current, state.search)
  return (
    <>
      <Popover
        align="end"
        label={
          <>
            <Icon name="bookmark" />
            <span className="truncate view-name">{current?.name ?? t('runViews.title')}</span>
            {changed && <span className="views-changed">{t('runViews.changed')}</span>}
          </>
        }
      >
        {(close) => {
          const then = (act: () => void) => () => {
            close()
            act()
          }
          return (
            <div className="menu runs-menu views">
              <ViewList
                {...{ views, current, mayEdit, state }}
                onOpen={(view) => then(() => open(view))()}
                onRename={(view) => then(() => setNamed(view))()}
                onDelete={(view) => then(() => setDeleted(view))()}
              />
              {current && changed && (mayEdit || !current.team) && (
                <SaveChanges view={current} state={state} onSaved={close} />
              )}
              <button type="button" className="menu-item" onClick={then(() => setNamed('new'))}>
                <Icon name="plus" size={14} />
                {t('runViews.saveAs')}
              </button>
              <button
                type="button"
                className="menu-item"
                onClick={then(() => state.show({ layout: state.layout }))}
              >
                <Icon name="restore" size={14} />
                {t('runViews.reset')}
              </button>
            </div>
          )
        }}
      </Popover>
      {named && (
        <ViewDialog
          view={named === 'new' ? undefined : named}
          state={state}
          mayEdit={mayEdit}
          onClose={() => setNamed(undefined)}
        />
      )}
      {deleted && <DeleteViewDialog view={deleted} state={state} onClose={() => setDeleted(undefined)} />}
    </>
  )
}

interface ViewListProps extends ViewsMenuProps {
  readonly views: readonly RunView[]
  readonly current: RunView | undefined
  readonly onOpen: (view: RunView) => void
  readonly onRename: (view: RunView) => void
  readonly onDelete: (view: RunView) => void
}

function ViewList({ views, ...rest }: ViewListProps) {
  const { t } = useTranslation()
  if (views.length === 0) return <p className="muted none">{t('runViews.none')}</p>
  return (
    <>
      {[false, true].map((team) => {
        const own = views.filter((view) => view.team === team)
        return own.length === 0 ? null : (
          <fieldset key={String(team)}>
            <legend>{t(team ? 'runViews.team' : 'runViews.mine')}</legend>
            {own.map((view) => (
              <ViewRow key={view.view_id} view={view} {...rest} />
            ))}
          </fieldset>
        )
      })}
    </>
  )
}

function ViewRow({
  view,
  current,
  mayEdit,
  state,
  onOpen,
  onRename,
  onDelete,
}: Omit<ViewListProps, 'views'> & { view: RunView }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const { name } = view
  const setDefault = useMutation({
    mutationFn: () => updateRunView(view, { is_default: !view.is_default }),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.runViews(state.experimentId) }),
  })
  const isOwn = mayEdit || !view.team
  return (
    <div className="view-row">
      <button
        type="button"
        className="menu-item"
        aria-current={current?.view_id === view.view_id}
        onClick={() => onOpen(view)}
      >
        <span className="truncate">{name}</span>
        {view.is_default && <small className="muted">{t('runViews.default')}</small>}
      </button>
      {isOwn && (
        <>
          <button
            type="button"
            className="button ghost small icon-only"
            aria-label={t('runViews.setDefault', { name })}
            aria-pressed={view.is_default}
            title={t('runViews.setDefault', { name })}
            onClick={() => setDefault.mutate()}
          >
            <Icon name="check" size={13} />
          </button>
          <button
            type="button"
            className="button ghost small icon-only"
            aria-label={t('runViews.rename', { name })}
            title={t('runViews.rename', { name })}
            onClick={() => onRename(view)}
          >
            <Icon name="pencil" size={13} />
          </button>
          <button
            type="button"
            className="button ghost small icon-only"
            aria-label={t('runViews.delete', { name })}
            title={t('runViews.delete', { name })}
            onClick={() => onDelete(view)}
          >
            <Icon name="trash" size={13} />
          </button>
        </>
      )}
    </div>
  )
}

interface SaveChangesProps {
  readonly view: RunView
  readonly state: RunsState
  readonly onSaved: () => void
}

function SaveChanges({ view, state, onSaved }: SaveChangesProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: () => updateRunView(view, { state: stateToSave(state) }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: queryKeys.runViews(state.experimentId) })
      onSaved()
    },
  })
  return (
    <button type="button" className="menu-item" disabled={save.isPending} onClick={() => save.mutate()}>
      <Icon name={save.isError ? 'warning' : 'check'} size={14} />
      {save.error ? errorText(save.error) : t('runViews.save', { name: view.name })}
    </button>
  )
}
