import { useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ComparedKey, ComparedMetric, compareRuns } from '../api/runs.js'
import { Legend } from '../charts/legend.js'
import type { RunsSource } from '../reports/card-block.js'
import type { VisibleRun } from '../runs/visible-run.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { BrushNotice } from './brush-notice.js'
import type { Card } from './card.js'
import { CardEditor } from './card-editor.js'
import { preloadLines } from './card-frame.js'
import { cardTitle } from './card-title.js'
import { CardsContext } from './cards-context.js'
import { freeId } from './changes.js'
import { type ChartsState, stateFromText, stateToText } from './charts-state.js'
import { curveRunsOf } from './curve-runs.js'
import { FullScreen } from './full-screen.js'
import { initialOptions } from './initial-options.js'
import { PanelBar } from './panel-bar.js'
import { SectionCards } from './section-cards.js'
import { defaultCards, OWN_SECTION, sectionsOf } from './sections.js'
import { useBrushes } from './use-brushes.js'
import { useCardActions } from './use-card-actions.js'
import { useKeysOf } from './use-keys-of.js'
import { useSameParts } from './use-same-parts.js'
import '../charts/charts.css'
import './cards.css'

export interface ChartsPanelProps {
  readonly runs: readonly VisibleRun[]
  readonly source: RunsSource
  /** State of the cards as text, kept in the URL and in saved views; undefined for the defaults. */
  readonly state: string | undefined
  readonly onState: (next: string) => void
  /** True if the page shows the looks of runs nowhere else. */
  readonly hasLegend?: boolean
  /** Selects the brushed runs in the table beside the charts. */
  readonly onSelect?: (runIds: readonly string[]) => void
  /** Default cards besides those of metrics. */
  readonly moreCards?: (metrics: readonly ComparedMetric[], params: readonly ComparedKey[]) => readonly Card[]
}

/** The charts of the runs whose eyes are open. */
export function ChartsPanel(props: ChartsPanelProps) {
  const { runs, source, state: text, onState, hasLegend = false, onSelect, moreCards } = props
  const { t } = useTranslation()
  const visible = useMemo(() => runs.filter((run) => run.visible), [runs])
  const keys = useKeysOf(visible)
  if (visible.length === 0) return <Empty title={t('cards.noRuns')}>{t('cards.noRunsHelp')}</Empty>
  if (keys.isError && !keys.data) return <Failure error={keys.error} retry={() => void keys.refetch()} />
  if (!keys.data) return <Skeleton lines={6} />
  return (
    <Panel {...{ text, onState, hasLegend, onSelect, moreCards, source }} runs={visible} keys={keys.data} />
  )
}

interface PanelProps {
  readonly runs: readonly VisibleRun[]
  readonly source: RunsSource
  readonly keys: Awaited<ReturnType<typeof compareRuns>>
  readonly text: string | undefined
  readonly onState: (next: string) => void
  readonly hasLegend: boolean
  readonly onSelect: ChartsPanelProps['onSelect']
  readonly moreCards: ChartsPanelProps['moreCards']
}

function Panel({ runs, source, keys, text, onState, hasLegend, onSelect, moreCards }: PanelProps) {
  const { t } = useTranslation()
  const state = useMemo(() => stateFromText(text), [text])
  const change = useCallback((next: ChartsState) => onState(stateToText(next)), [onState])
  const [search, setSearch] = useState('')
  useEffect(() => {
    preloadLines().catch(() => undefined) // a card shows the error
  }, [])
  const wanted = useDeferredValue(search).trim().toLowerCase()
  const { metrics, params } = keys
  const derived = useMemo(
    () => sectionsOf(state, [...(moreCards?.(metrics, params) ?? []), ...defaultCards(metrics)]),
    [state, metrics, params, moreCards],
  )
  const sections = useSameParts(derived) // a new value of a metric changes no card
  const actions = useCardActions({ state, sections, onChange: change })
  const { brushes, within, onBrush, clear } = useBrushes(sections, onSelect)
  const isGrouped = source.groupBy.length > 0
  const curves = useMemo(() => curveRunsOf(runs, isGrouped), [runs, isGrouped])
  const curveRuns = useMemo(
    () => (within ? curves.filter(({ id }) => within.has(id)) : curves),
    [curves, within],
  )
  const brushed = within && runs.filter(({ runId }) => within.has(runId)).length
  const context = useMemo(
    () => ({
      ...{ runs, curveRuns, view: state.view, metrics, params, brushes, within, onBrush },
      reportSource: source,
    }),
    [runs, curveRuns, state.view, metrics, params, brushes, within, onBrush, source],
  )
  const matches = (card: Card) => cardTitle(card, t).toLowerCase().includes(wanted)
  const shown = wanted
    ? sections.map((section) => ({ ...section, folded: false, cards: section.cards.filter(matches) }))
    : sections
  const opened = sections.flatMap(({ cards }) => cards).find(({ id }) => id === state.open)
  const addCard = () =>
    actions.edit({
      ...{ id: freeId(state), kind: 'line', section: OWN_SECTION, width: 1, height: 1 },
      options: initialOptions('line', metrics, params),
    })
  return (
    <CardsContext value={context}>
      <div className="charts-panel">
        <h2 className="visually-hidden">{t('runsTable.chartsOf', { count: runs.length })}</h2>
        <PanelBar
          search={search}
          onSearch={setSearch}
          view={state.view}
          onView={(view) => change({ ...state, view })}
          onAdd={addCard}
          onReset={text ? () => onState('') : undefined}
        />
        {hasLegend && <Legend runs={curveRuns} />}
        {shown.map((section) => (
          <SectionCards key={section.name} section={section} actions={actions} isFound={wanted !== ''} />
        ))}
        {shown.every(({ cards }) => cards.length === 0) && <NoCards isFound={wanted !== ''} />}
        {brushed !== undefined && <BrushNotice count={brushed} total={runs.length} onClear={clear} />}
        {opened && <FullScreen card={opened} actions={actions} />}
        {actions.edited && (
          <CardEditor
            key={actions.edited.id}
            card={actions.edited}
            isNew={!sections.some(({ cards }) => cards.some(({ id }) => id === actions.edited!.id))}
            onSave={(card) => {
              actions.put(card)
              actions.edit(undefined)
            }}
            onClose={() => actions.edit(undefined)}
          />
        )}
      </div>
    </CardsContext>
  )
}

function NoCards({ isFound }: { isFound: boolean }) {
  const { t } = useTranslation()
  return isFound ? (
    <Empty title={t('cards.noMatch')} />
  ) : (
    <Empty title={t('curves.none')}>{t('cards.noneHelp')}</Empty>
  )
}
