import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { usePaintedTheme } from '../app/theme.js'
import { useStableList } from '../charts/use-stable-list.js'
import { useFormat } from '../i18n/format.js'
import { Failure } from '../ui/states.js'
import { brushesBeside, runsWithin } from './brush.js'
import { READING_ALL } from './card.js'
import type { CardBodyProps } from './card-body.js'
import { useCards } from './cards-context.js'
import { groupsOf } from './curve-runs.js'
import { DrawnCard } from './drawn-card.js'
import type { ValuesKind } from './kinds/drawing.js'
import { VALUES_KINDS } from './kinds/values-kinds.js'
import { currentPaint } from './paint.js'
import { useRunValues } from './use-run-values.js'

/** A chart of the latest values of runs. */
export function ValuesBody(props: CardBodyProps) {
  const kind = VALUES_KINDS[props.card.kind]
  return kind ? <KindBody {...props} kind={kind} /> : null
}

function KindBody({ kind, ...props }: CardBodyProps & { readonly kind: ValuesKind }) {
  const { card, onBusy } = props
  const { t } = useTranslation()
  const format = useFormat()
  const theme = usePaintedTheme()
  const { runs, within, brushes } = useCards()
  // A chart that is brushed fades runs itself, and drawing it again would end the gesture.
  const beside = useStableList(brushesBeside(brushes, card.id))
  const withinBeside = useMemo(() => runsWithin(beside), [beside])
  const readsAll = READING_ALL.includes(card.kind)
  const kept = readsAll ? withinBeside : within
  const groups = useMemo(() => groupsOf(runs), [runs])
  const columns = useMemo(() => kind.columns(card.options), [kind, card.options])
  const { values, isPending, failed } = useRunValues(runs, columns)
  useEffect(() => onBusy(isPending), [onBusy, isPending])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours
  const drawing = useMemo(() => {
    const drawn = kept && !readsAll ? values?.filter(({ run: { runId } }) => kept.has(runId)) : values
    return (
      values &&
      drawn &&
      kind.draw(drawn, {
        ...{ options: card.options, all: values, within: kept, groups },
        ...{ paint: currentPaint(), t, format },
      })
    )
  }, [kind, readsAll, values, kept, groups, card.options, t, format, theme])
  if (failed) return <Failure error={failed.error} retry={() => void failed.refetch()} />
  if (!drawing) return <div style={{ height: props.height }} />
  return <DrawnCard {...props} drawing={drawing} />
}
