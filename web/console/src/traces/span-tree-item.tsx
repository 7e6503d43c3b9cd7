import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatShortDuration } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { spanKind } from './span-kind.js'
import type { SpanRow } from './span-tree.js'

interface SpanTreeItemProps {
  readonly row: SpanRow
  readonly top: number
  /** Milliseconds of the whole trace. */
  readonly total: number
  readonly selected: boolean
  /** Only the current item is in the tab order. */
  readonly current: boolean
  readonly expanded: boolean
  readonly onSelect: (spanId: string) => void
  readonly onToggle: (spanId: string) => void
}

const INDENT_PX = 14
const MAX_INDENT = 12
const MIN_BAR_PERCENT = 0.4
/** Beyond this point of the timeline the label does not fit after the bar. */
const LABEL_BEFORE = 70

export const SpanTreeItem = memo(function SpanTreeItem(props: SpanTreeItemProps) {
  const { row, top, selected, current, expanded, onSelect, onToggle } = props
  const { t } = useTranslation()
  const { span, children } = row.node
  const isError = span.status === 'ERROR'
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles keys
    <div
      role="treeitem"
      data-span={span.span_id}
      className={isError ? 'span-row failed' : 'span-row'}
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={children.length > 0 ? expanded : undefined}
      aria-selected={selected}
      tabIndex={current ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(span.span_id)}
    >
      <span className="span-name" style={{ paddingInlineStart: Math.min(row.depth, MAX_INDENT) * INDENT_PX }}>
        {children.length > 0 ? (
          <span
            className={expanded ? 'span-fold open' : 'span-fold'}
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation()
              onToggle(span.span_id)
            }}
          >
            <Icon name="chevron" size={12} />
          </span>
        ) : (
          <span className="span-fold" />
        )}
        <span className={`span-kind ${spanKind(span.type)}`} aria-hidden="true" />
        <span className="truncate" title={`${span.name} · ${span.type}`}>
          {span.name}
        </span>
        <span className="visually-hidden">{span.type}</span>
        {isError && (
          <>
            <Icon name="warning" size={13} />
            <span className="visually-hidden">{t('traceStatus.ERROR')}</span>
          </>
        )}
      </span>
      <SpanBar {...props} />
    </div>
  )
})

function SpanBar({ row, total }: SpanTreeItemProps) {
  const { t } = useTranslation()
  const { span, start, duration } = row.node
  const percent = (ms: number) => (total > 0 ? (ms / total) * 100 : 0)
  const left = Math.min(percent(start), 100 - MIN_BAR_PERCENT)
  const width = Math.max(MIN_BAR_PERCENT, duration === undefined ? 100 - left : percent(duration))
  const end = left + width
  return (
    <span className="span-time">
      <span
        className={`span-bar ${spanKind(span.type)} ${duration === undefined ? 'open' : ''}`}
        style={{ insetInlineStart: `${left}%`, width: `${width}%` }}
      />
      <span
        className="span-duration"
        style={
          end > LABEL_BEFORE && left > 100 - LABEL_BEFORE
            ? { insetInlineEnd: `calc(${100 - left}% + 5px)` }
            : end > LABEL_BEFORE
              ? { insetInlineEnd: `calc(${100 - end}% + 5px)`, color: 'var(--on-bar)' }
              : { insetInlineStart: `calc(${end}% + 5px)` }
        }
      >
        {duration === undefined ? t('traceStatus.IN_PROGRESS') : formatShortDuration(duration)}
      </span>
    </span>
  )
}
