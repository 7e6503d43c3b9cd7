import { type ReactNode, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DrawingFiles } from '../ui/save-drawing.js'
import { SaveMenu } from '../ui/save-menu.js'
import { Segments } from '../ui/segments.js'
import type { PlotSource } from './plot.js'
import type { PlotKind } from './plot-kinds.js'
import { PlotView } from './plot-view.js'
import '../charts/charts.css'
import '../cards/cards.css'

interface FilePlotsProps {
  readonly path: string
  readonly kinds: readonly PlotKind[]
  /** The runs that have a plot of a kind. */
  readonly sourcesOf: (kind: PlotKind) => readonly PlotSource[]
  /** The label of the file itself among the plots. */
  readonly fileLabel: string
  readonly children: ReactNode
}

const HEIGHT = 360

/** The plots of a table file, beside the file itself. */
export function FilePlots({ path, kinds, sourcesOf, fileLabel, children }: FilePlotsProps) {
  const { t } = useTranslation()
  const [view, setView] = useState<PlotKind | 'file'>(kinds[0] ?? 'file')
  const files = useRef<DrawingFiles>(undefined)
  const sources = useMemo(() => (view === 'file' ? [] : sourcesOf(view)), [sourcesOf, view])
  const title = view === 'file' ? path : t('plots.titleOf', { kind: t(`plots.kind_${view}`), path })
  return (
    <>
      <div className="viewer-tools plot-tools">
        <Segments<PlotKind | 'file'>
          label={t('plots.view')}
          value={view}
          options={[
            ...kinds.map((kind) => ({ value: kind, label: t(`plots.kind_${kind}`) })),
            { value: 'file', label: fileLabel },
          ]}
          onChange={setView}
        />
        {view !== 'file' && <SaveMenu title={title} files={files} />}
      </div>
      {view === 'file' ? (
        children
      ) : (
        <Plot key={view} kind={view} sources={sources} title={title} files={files} />
      )}
    </>
  )
}

interface PlotProps {
  readonly kind: PlotKind
  readonly sources: readonly PlotSource[]
  readonly title: string
  readonly files: Parameters<typeof SaveMenu>[0]['files']
}

/** The chart, with its values as a table below. */
function Plot(props: PlotProps) {
  const { t } = useTranslation()
  const [asTable, setAsTable] = useState(false)
  return (
    <figure className="curve-card file-plot" aria-label={props.title}>
      <PlotView {...props} height={HEIGHT} asTable={asTable} />
      <button
        type="button"
        className="button ghost small"
        aria-pressed={asTable}
        onClick={() => setAsTable(!asTable)}
      >
        {t(asTable ? 'curves.asChart' : 'curves.asTable')}
      </button>
    </figure>
  )
}
